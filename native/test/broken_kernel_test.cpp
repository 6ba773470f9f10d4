// The self-test that stands between a kernel and its first use must refuse one that is wrong.
#include "check.h"
#include "engine/self_test.h"
#include "jobs.h"

namespace stampmill::test {
namespace {

enum class Fault { kNone, kDropsLane, kSwapsLanes, kReportsTwice, kReportsNext, kHashesNothing };

// What the faulty search does; a kernel is a table of plain functions, which cannot carry it.
struct Breakage {
    const Kernel* base;
    Fault fault;
    uint64_t lane;
};
Breakage g_breakage{};

/// Stands between a kernel and its worker.
struct Tap : Worker {
    Worker* worker;
    const Plan* plan;
    uint64_t first_outer;
    uint32_t outers;
};

void distort(Worker& self, uint64_t counter) {
    const auto& [base, fault, faulty_lane] = g_breakage;
    auto& tap = static_cast<Tap&>(self);
    const uint64_t inner_count = tap.plan->inner_count;
    const uint64_t lane = counter / inner_count - tap.first_outer;
    const auto report = [&](uint64_t reported) { tap.worker->candidate(*tap.worker, reported); };
    switch (fault) {
        case Fault::kNone:
            report(counter);
            break;
        case Fault::kDropsLane:
            if (lane != faulty_lane) report(counter);
            break;
        case Fault::kSwapsLanes:
            report((tap.first_outer + (tap.outers - 1 - lane)) * inner_count +
                   counter % inner_count);
            break;
        case Fault::kReportsTwice:
            report(counter);
            report(counter);
            break;
        case Fault::kReportsNext:
            report(counter + 1);
            break;
        case Fault::kHashesNothing:
            break;
    }
}

void faulty_search(const Plan& plan, uint64_t first_outer, uint32_t outers, Worker& worker) {
    Tap tap{{worker.stop, worker.limit, 0, distort}, &worker, &plan, first_outer, outers};
    g_breakage.base->loops[static_cast<int>(plan.algorithm)][static_cast<int>(plan.strategy)]
        .search(plan, first_outer, outers, tap);
    worker.tried += tap.tried;
}

/// The kernel with one of its four searches broken.
Kernel broken_kernel(const Kernel& base, int algorithm, int strategy, Fault fault,
                     uint64_t lane = 0) {
    g_breakage = {&base, fault, lane};
    Kernel broken = base;
    broken.loops[algorithm][strategy].search = faulty_search;
    return broken;
}

template <class Body>
void for_each_search(const Kernel& kernel, const Body& body) {
    for (int algorithm = 0; algorithm < kAlgorithms; ++algorithm) {
        for (int strategy = 0; strategy < kStrategies; ++strategy) {
            const Note note(std::string(name_of(static_cast<Algorithm>(algorithm))) +
                            (strategy == 0 ? ", shared" : ", general"));
            body(algorithm, strategy, kernel.loops[algorithm][strategy].group);
        }
    }
}

}  // namespace

KERNEL_TEST(self_test_lets_a_good_kernel_pass) {
    CHECK(passes_self_test(kernel, Algorithm::kSha1) &&
          passes_self_test(kernel, Algorithm::kSha256));
    for_each_search(kernel, [&](int algorithm, int strategy, uint32_t) {
        const Kernel same = broken_kernel(kernel, algorithm, strategy, Fault::kNone);
        CHECK(passes_self_test(same, static_cast<Algorithm>(algorithm)));
    });
}

KERNEL_TEST(self_test_refuses_a_kernel_that_drops_a_lane) {
    for_each_search(kernel, [&](int algorithm, int strategy, uint32_t group) {
        for (uint32_t lane = 0; lane < group; ++lane) {
            const Note note("lane " + std::to_string(lane));
            const Kernel broken =
                broken_kernel(kernel, algorithm, strategy, Fault::kDropsLane, lane);
            CHECK(!passes_self_test(broken, static_cast<Algorithm>(algorithm)));
        }
    });
}

KERNEL_TEST(self_test_refuses_other_faults) {
    for_each_search(kernel, [&](int algorithm, int strategy, uint32_t group) {
        for (const Fault fault : {Fault::kSwapsLanes, Fault::kReportsTwice, Fault::kReportsNext,
                                  Fault::kHashesNothing}) {
            if (fault == Fault::kSwapsLanes && group == 1) continue;
            const Note note("fault " + std::to_string(static_cast<int>(fault)));
            const Kernel broken = broken_kernel(kernel, algorithm, strategy, fault);
            CHECK(!passes_self_test(broken, static_cast<Algorithm>(algorithm)));
        }
    });
}

}  // namespace stampmill::test
