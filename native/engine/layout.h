// From a job to a plan: which digits are inner and which outer, and everything constant computed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/job.h"
#include "engine/kernel.h"
#include "engine/plan.h"

namespace stampmill {

/// How many hashes a search for the job's first hit takes on average, at most its count.
uint64_t expected_tries(const Job& job);

/// What of a layout hangs on the job alone, and is had without filling any table.
struct Shape {
    size_t first_digit_block;
    size_t inner_block;
    size_t inner_digits;
    uint32_t inner_count;
    Strategy strategy;
};

/// Which digits of a job are the inner ones, and so how it is searched.
Shape shape_of(const Job& job);

/// The outer values whose inner values, all taken together, have every counter of a job among them.
struct OuterRange {
    uint64_t first;
    uint64_t end;
};
OuterRange outers_of(const Job& job, const Plan& plan);

/// A plan and the memory it points into.
class Layout {
  public:
    /// Lays a complete job out for a kernel.
    Layout(const Job& job, const Kernel& kernel);
    Layout(const Layout&) = delete;
    Layout& operator=(const Layout&) = delete;

    const Plan& plan() const { return plan_; }

  private:
    void lay_lead_blocks(const Job& job);
    void fill_rows(const Job& job, bool adds_constants);
    void fill_tail(const Job& job, bool adds_constants);

    Plan plan_{};
    Shape shape_;
    std::vector<uint8_t> alphabet_;
    std::vector<uint32_t> lead_words_;
    std::vector<OuterDigit> outer_digits_;
    std::vector<uint32_t> tail_;
    struct Free {
        void operator()(uint32_t* p) const;
    };
    std::unique_ptr<uint32_t[], Free> rows_;
};

}  // namespace stampmill
