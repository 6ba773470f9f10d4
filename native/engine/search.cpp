#include "engine/search.h"

#include <algorithm>
#include <system_error>

#include "engine/nice.h"
#include "engine/second_look.h"

namespace stampmill {
namespace {

// A thread costs as much to start as these many hashes; fewer are not shared out.
constexpr uint64_t kTriesWorthAThread = uint64_t{1} << 14;
// What a thread takes from the range at a time, so that taking costs nothing.
constexpr uint64_t kTriesAtOnce = uint64_t{1} << 18;
constexpr size_t kMaxWaitingHits = 1 << 16;

uint32_t useful_threads(const Job& job) {
    const uint64_t worth = 1 + expected_tries(job) / kTriesWorthAThread;
    return static_cast<uint32_t>(std::min<uint64_t>(job.threads, worth));
}

}  // namespace

// On cache lines of its own: the kernel counts in it at every step.
struct alignas(128) Search::SearchWorker : Worker {
    explicit SearchWorker(Search& owner) : Worker{}, search(owner), second_look(owner.job_) {
        stop = &owner.stop_;
        limit = &owner.limit_;
        candidate = [](Worker& self, uint64_t counter) {
            auto& worker = static_cast<SearchWorker&>(self);
            worker.search.consider(worker, counter);
        };
    }

    Search& search;
    SecondLook second_look;
};

Search::Search(Job job, const Kernel& kernel, std::function<void()> done)
    : job_(std::move(job)),
      kernel_(kernel),
      layout_(std::make_unique<const Layout>(job_, kernel)),
      loop_(kernel.loops[static_cast<int>(job_.algorithm)]
                        [static_cast<int>(layout_->plan().strategy)]),
      done_(std::move(done)),
      limit_(job_.limit),
      started_(std::chrono::steady_clock::now()) {
    const uint64_t inner = layout_->plan().inner_count;
    const OuterRange outers = outers_of(job_, layout_->plan());
    next_outer_ = outers.first;
    outer_end_ = outers.end;
    const uint32_t threads = useful_threads(job_);
    const uint64_t fair_share = (outer_end_ - next_outer_) / (uint64_t{threads} * 8);
    const uint64_t groups = std::min(kTriesAtOnce / inner, fair_share) / loop_.group;
    outers_at_once_ = loop_.group * std::max<uint64_t>(groups, 1);

    for (uint32_t i = 0; i < threads; ++i) {
        workers_.push_back(std::make_unique<SearchWorker>(*this));
    }
    running_ = threads;
    // None searches until all have started: with more threads than processors, those at work would
    // leave no time to start the rest (1024 on two processors took 17 seconds).
    const std::lock_guard starting(mutex_);
    for (uint32_t i = 0; i < threads; ++i) {
        try {
            threads_.emplace_back([this, i] {
                if (job_.nice) run_when_idle();
                {
                    const std::lock_guard all_started(mutex_);
                }
                run(*workers_[i]);
                finish_worker();
            });
        } catch (const std::system_error&) {
            // The threads that did start do the work; without any there is no search.
            if (i == 0) throw;
            for (uint32_t missing = i; missing < threads; ++missing) finish_worker();
            break;
        }
    }
}

Search::~Search() {
    cancel();
    join();
}

void Search::stop_all() {
    std::atomic_ref<bool>(stop_).store(true, std::memory_order_relaxed);
    room_.notify_all();
    if (!job_.nice) return;
    // None reads the flag before it is given a processor.
    for (std::thread& thread : threads_) run_normally(thread);
}

void Search::cancel() {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    stop_all();
}

void Search::join() {
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
    layout_.reset();
    std::vector<uint8_t>().swap(job_.message);
    for (const auto& worker : workers_) worker->second_look.end();
}

uint64_t Search::tried() const {
    uint64_t sum = 0;
    for (const auto& worker : workers_) {
        sum += std::atomic_ref<uint64_t>(worker->tried).load(std::memory_order_relaxed);
    }
    // The groups at both ends of the range reach beyond it.
    return std::min(sum, job_.count);
}

void Search::lower(uint64_t limit) {
    const std::atomic_ref<uint64_t> shared(limit_);
    uint64_t present = shared.load(std::memory_order_relaxed);
    while (limit < present && !shared.compare_exchange_weak(present, limit)) {
    }
}

std::vector<uint64_t> Search::take() {
    std::vector<uint64_t> taken;
    const std::lock_guard lock(mutex_);
    taken.swap(hits_);
    room_.notify_all();
    return taken;
}

Ending Search::ending() const {
    const std::lock_guard lock(mutex_);
    if (job_.wanted != 0 && found_ >= job_.wanted) return Ending::kFound;
    return cancelled_ ? Ending::kCancelled : Ending::kExhausted;
}

bool Search::next_outers(uint64_t& first, uint64_t& end) {
    // Near the end of a range of 2^63 a plain fetch_add by many threads could wrap around.
    first = next_outer_.load(std::memory_order_relaxed);
    do {
        if (first >= outer_end_) return false;
        end = std::min(outer_end_, first + outers_at_once_);
    } while (!next_outer_.compare_exchange_weak(first, end, std::memory_order_relaxed));
    return true;
}

void Search::run(SearchWorker& worker) {
    const std::atomic_ref<bool> stop(stop_);
    for (uint64_t first = 0, end = 0; next_outers(first, end);) {
        for (; first < end; first += loop_.group) {
            if (stop.load(std::memory_order_relaxed)) return;
            const uint64_t outers = std::min<uint64_t>(loop_.group, end - first);
            loop_.search(layout_->plan(), first, static_cast<uint32_t>(outers), worker);
        }
    }
}

void Search::consider(SearchWorker& worker, uint64_t counter) {
    const uint64_t limit = std::atomic_ref<uint64_t>(limit_).load(std::memory_order_relaxed);
    if (!worker.second_look.confirms(counter, limit)) return;

    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return hits_.size() < kMaxWaitingHits || stop_; });
    if (cancelled_ || (job_.wanted != 0 && found_ >= job_.wanted)) return;
    hits_.push_back(counter);
    ++found_;
    if (found_ == job_.wanted) stop_all();
}

void Search::finish_worker() {
    if (running_.fetch_sub(1) != 1) return;
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    if (done_) done_();
}

}  // namespace stampmill
