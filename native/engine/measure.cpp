#include "engine/measure.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <memory>

#include "engine/layout.h"

namespace stampmill {
namespace {

// Inner values of a search that is timed: enough for the loop to be most of it.
constexpr uint32_t kInner = 64;
// Candidates of one try: some thirty microseconds, seldom interrupted.
constexpr uint32_t kTriesATurn = 3072;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A search to be timed: a stamp's digits, or those of a short counter in one block.
Job sample_job(Algorithm algorithm, Strategy strategy) {
    Job job;
    job.algorithm = algorithm;
    job.alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    job.wanted = 0;
    job.count = kInner * kInner;
    if (strategy == Strategy::kShared) {
        job.message.assign(119, 'm');
        job.positions = {62, 63, 118};
    } else {
        job.message.assign(52, 'm');
        job.positions = {50, 51};
    }
    return job;
}

/// One kernel among those that are compared. A group is timed with one inner value and with many:
/// the difference is what inner values cost, the rest is what comes before them.
class Subject {
  public:
    Subject(const Kernel& kernel, Algorithm algorithm, Strategy strategy)
        : layout_(std::make_unique<Layout>(sample_job(algorithm, strategy), kernel)),
          loop_(kernel.loops[static_cast<int>(algorithm)][static_cast<int>(strategy)]),
          groups_(1 + kTriesATurn / (loop_.group * kInner)) {}

    void take_turn() {
        one_ = std::min(one_, time_of(1));
        many_ = std::min(many_, time_of(kInner));
    }

    SearchCost cost() const {
        const double step = std::max(0.0, (many_ - one_) / (kInner - 1));
        return {std::max(0.0, one_ - step), step};
    }

  private:
    std::unique_ptr<Layout> layout_;
    SearchLoop loop_;
    uint32_t groups_;
    double one_ = std::numeric_limits<double>::infinity();
    double many_ = std::numeric_limits<double>::infinity();

    double time_of(uint32_t inner_count) const {
        Plan plan = layout_->plan();
        plan.inner_count = inner_count;
        const bool stop = false;
        const uint64_t limit = 0;
        Worker worker{&stop, &limit, 0, [](Worker&, uint64_t) {}};
        const auto start = Clock::now();
        for (uint32_t i = 0; i < groups_; ++i) loop_.search(plan, 0, loop_.group, worker);
        return seconds_since(start) / groups_;
    }
};

// Results go here, so that no compiler can leave out how they were computed.
std::atomic<uint32_t> g_sink;

}  // namespace

std::vector<SearchCost> measure_costs(const std::vector<const Kernel*>& kernels,
                                      Algorithm algorithm, Strategy strategy) {
    constexpr int kTurns = 12;
    std::vector<Subject> subjects;
    subjects.reserve(kernels.size());
    for (const Kernel* kernel : kernels) subjects.emplace_back(*kernel, algorithm, strategy);
    for (int turn = 0; turn < kTurns; ++turn) {
        for (Subject& subject : subjects) subject.take_turn();
    }
    std::vector<SearchCost> costs;
    for (const Subject& subject : subjects) costs.push_back(subject.cost());
    return costs;
}

double predicted_seconds(const SearchCost& cost, uint32_t group, uint32_t inner_count,
                         double tries) {
    const double steps = std::max(1.0, tries / group);
    const double groups = std::max(1.0, steps / inner_count);
    return groups * cost.prepare + steps * cost.step;
}

size_t steady_choice(const std::vector<double>& seconds, size_t usual) {
    constexpr double kClearly = 0.89;
    const auto least = std::min_element(seconds.begin(), seconds.end());
    if (*least >= kClearly * seconds[usual]) return usual;
    return static_cast<size_t>(least - seconds.begin());
}

double measure_roofline(const Kernel& kernel, Algorithm algorithm, double seconds) {
    constexpr double kTry = 0.001;  // short, to be out of the way of whatever else runs
    uint32_t times[kRooflines];
    std::fill_n(times, kRooflines, 1);
    double best = 0;
    uint32_t seed = 1;
    const auto begin = Clock::now();
    do {
        for (int i = 0; i < kRooflines; ++i) {
            const Roofline& roofline = kernel.rooflines[static_cast<int>(algorithm)][i];
            const auto start = Clock::now();
            seed += roofline.mix(seed, times[i]);
            const double taken = seconds_since(start);
            const double candidates = static_cast<double>(roofline.candidates) * times[i];
            best = std::max(best, candidates / taken);
            if (taken < kTry) times[i] *= 2;
        }
    } while (seconds_since(begin) < seconds);
    g_sink.store(seed, std::memory_order_relaxed);
    return best;
}

}  // namespace stampmill
