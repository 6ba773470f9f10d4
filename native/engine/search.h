// A search: threads of its own that share out the counters, and what they found so far.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/job.h"
#include "engine/kernel.h"
#include "engine/layout.h"

namespace stampmill {

class Search {
  public:
    /// Starts searching. `done` is called once, from one of the search's threads, when the last of
    /// them has nothing more to do; it may be empty. Throws std::system_error if not one thread
    /// can be started.
    Search(Job job, const Kernel& kernel, std::function<void()> done);

    /// Cancels and waits.
    ~Search();
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;

    /// Tells all threads to stop; they do within microseconds of being given a processor.
    void cancel();

    /// Waits until all threads have ended, and gives back the memory that only they needed: whoever
    /// holds a search, such as a garbage collector, may hold it for long.
    void join();

    /// Hashes computed so far.
    uint64_t tried() const;

    /// From now on a hit is at most `limit`; one that is above the present limit changes nothing.
    void lower(uint64_t limit);

    /// The counters of the hits not yet taken. While a bounded number waits to be taken, the
    /// threads wait as well.
    std::vector<uint64_t> take();

    uint32_t threads() const { return static_cast<uint32_t>(workers_.size()); }
    const Kernel& kernel() const { return kernel_; }

    // After `done`:
    Ending ending() const;
    double seconds() const { return seconds_; }

  private:
    struct SearchWorker;

    void run(SearchWorker& worker);
    bool next_outers(uint64_t& first, uint64_t& end);
    void consider(SearchWorker& worker, uint64_t counter);
    void finish_worker();
    void stop_all();

    Job job_;
    const Kernel& kernel_;
    std::unique_ptr<const Layout> layout_;
    const SearchLoop loop_;
    const std::function<void()> done_;
    uint64_t outer_end_ = 0;
    uint64_t outers_at_once_ = 0;

    // What kernels read while it changes, through atomic_ref or the like.
    alignas(64) bool stop_ = false;
    uint64_t limit_;
    alignas(64) std::atomic<uint64_t> next_outer_;
    std::atomic<uint32_t> running_{0};

    mutable std::mutex mutex_;
    std::condition_variable room_;
    std::vector<uint64_t> hits_;
    uint64_t found_ = 0;
    bool cancelled_ = false;

    std::chrono::steady_clock::time_point started_;
    double seconds_ = 0;
    std::vector<std::unique_ptr<SearchWorker>> workers_;
    std::vector<std::thread> threads_;
};

}  // namespace stampmill
