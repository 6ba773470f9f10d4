// The engine as a WebAssembly file: what addon.cpp is to Node. A file has one kernel and one
// algorithm. It imports nothing, starts no threads and holds one search at a time, which runs for
// as long as it is called. native/README.md tells how it is driven; whoever drives it has checked
// the job.
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include "engine/job.h"
#include "engine/layout.h"
#include "engine/second_look.h"
#include "engine/self_test.h"
#include "hashes/built.h"
#include "isa/kernels.h"

#define STAMPMILL_EXPORT(name) extern "C" __attribute__((export_name(#name), used)) auto name

namespace stampmill {
namespace {

#if defined(__wasm_simd128__)
const Kernel& kKernel = kWasm128Kernel;
#else
const Kernel& kKernel = kScalarKernel;
#endif

static_assert(is_built<Sha1>() != is_built<Sha256>(), "a file has one algorithm");
constexpr Algorithm kAlgorithm = is_built<Sha1>() ? Algorithm::kSha1 : Algorithm::kSha256;

const Roofline& kRoofline = kKernel.rooflines[static_cast<int>(kAlgorithm)][0];

// Where so many hits wait to be taken, a search comes back early.
constexpr uint32_t kManyHits = 4096;

class Search {
  public:
    explicit Search(Job complete)
        : job_(std::move(complete)),
          layout_(job_, kKernel),
          loop_(kKernel.loops[static_cast<int>(kAlgorithm)]
                             [static_cast<int>(layout_.plan().strategy)]),
          second_look_(job_) {
        worker_.stop = &stop_;
        worker_.limit = &limit_;
        worker_.search = this;
        worker_.candidate = [](Worker& self, uint64_t counter) {
            static_cast<SearchWorker&>(self).search->consider(counter);
        };
        // What may wait when a group begins, and what a group may add.
        hits_ = new uint64_t[kManyHits + group() * inner_count()];
    }

    uint64_t run(uint64_t first, uint64_t end, uint64_t limit) {
        limit_ = limit;
        while (first < end && !stop_ && waiting_ < kManyHits) {
            const uint64_t outers = end - first < group() ? end - first : group();
            loop_.search(layout_.plan(), first, static_cast<uint32_t>(outers), worker_);
            first += outers;
        }
        return first;
    }

    OuterRange outers() const { return outers_of(job_, layout_.plan()); }
    uint32_t group() const { return loop_.group; }
    uint32_t inner_count() const { return layout_.plan().inner_count; }
    uint64_t tried() const { return worker_.tried; }
    const uint64_t* hits() const { return hits_; }

    uint32_t take() {
        const uint32_t taken = waiting_;
        waiting_ = 0;
        return taken;
    }

  private:
    struct SearchWorker : Worker {
        Search* search;
    };

    const Job job_;
    const Layout layout_;
    const SearchLoop& loop_;
    SecondLook second_look_;
    SearchWorker worker_{};
    bool stop_ = false;
    uint64_t limit_ = 0;
    uint64_t found_ = 0;
    uint32_t waiting_ = 0;
    uint64_t* hits_;

    void consider(uint64_t counter) {
        if (stop_ || !second_look_.confirms(counter, limit_)) return;
        hits_[waiting_++] = counter;
        stop_ = ++found_ == job_.wanted;
    }
};

Search* g_search;
const uint8_t* g_room;

template <class List, class T>
void fill(List& list, const T*& from, uint32_t count) {
    list.assign(from, from + count);
    from += count;
}

}  // namespace
}  // namespace stampmill

// Memory is given out from the end of the program's own on, never taken back one by one, and all
// given out again for the next job: a search allocates what it needs once, at its beginning.
extern "C" std::byte __heap_base;

namespace {

size_t g_free;  // the first address that is not given out; 0 before the first

size_t begin_of_heap() {
    return reinterpret_cast<size_t>(&__heap_base);
}

void* allocate(size_t bytes, size_t alignment) {
    constexpr size_t page = 65536;
    if (g_free == 0) g_free = begin_of_heap();
    const size_t address = (g_free + alignment - 1) & ~(alignment - 1);
    const size_t present = __builtin_wasm_memory_size(0) * page;
    if (bytes > SIZE_MAX - address - page) __builtin_trap();
    if (address + bytes > present) {
        const size_t more = (address + bytes - present + page - 1) / page;
        if (__builtin_wasm_memory_grow(0, more) == SIZE_MAX) __builtin_trap();
    }
    g_free = address + bytes;
    return reinterpret_cast<void*>(address);
}

}  // namespace

void* operator new(size_t bytes) {
    return allocate(bytes, alignof(std::max_align_t));
}
void* operator new[](size_t bytes) {
    return allocate(bytes, alignof(std::max_align_t));
}
void* operator new[](size_t bytes, std::align_val_t alignment) {
    return allocate(bytes, static_cast<size_t>(alignment));
}
void operator delete(void*) noexcept {}
void operator delete(void*, size_t) noexcept {}
void operator delete[](void*) noexcept {}
void operator delete[](void*, std::align_val_t) noexcept {}

// One instruction each, where the C library's are a kilobyte.
extern "C" void* memcpy(void* to, const void* from, size_t bytes) {
    return __builtin_memcpy(to, from, bytes);
}
extern "C" void* memmove(void* to, const void* from, size_t bytes) {
    return __builtin_memmove(to, from, bytes);
}
extern "C" void* memset(void* to, int value, size_t bytes) {
    return __builtin_memset(to, value, bytes);
}

// Where the standard library would print a message and abort; without this it brings along printf.
void std::__libcpp_verbose_abort(const char*, ...) {
    __builtin_trap();
}

using stampmill::g_room;
using stampmill::g_search;

STAMPMILL_EXPORT(self_test)()->bool {
    return stampmill::passes_self_test(stampmill::kKernel, stampmill::kAlgorithm);
}

STAMPMILL_EXPORT(room)(uint32_t bytes)->uint8_t* {
    g_search = nullptr;
    g_free = begin_of_heap();
    auto* room = new uint8_t[bytes];
    g_room = room;
    return room;
}

STAMPMILL_EXPORT(prepare)
(uint32_t digits, uint32_t message_bytes, uint32_t alphabet_size, uint64_t limit, uint64_t start,
 uint64_t count, uint64_t wanted)
    ->void {
    stampmill::Job job;
    job.algorithm = stampmill::kAlgorithm;
    const auto* positions = reinterpret_cast<const uint32_t*>(g_room);
    stampmill::fill(job.positions, positions, digits);
    const auto* bytes = reinterpret_cast<const uint8_t*>(positions);
    stampmill::fill(job.message, bytes, message_bytes);
    stampmill::fill(job.alphabet, bytes, alphabet_size);
    job.limit = limit;
    job.start = start;
    job.count = count;
    job.wanted = wanted;
    g_search = new stampmill::Search(std::move(job));
}

STAMPMILL_EXPORT(first_outer)()->uint64_t {
    return g_search->outers().first;
}
STAMPMILL_EXPORT(end_outer)()->uint64_t {
    return g_search->outers().end;
}
STAMPMILL_EXPORT(group)()->uint32_t {
    return g_search->group();
}
STAMPMILL_EXPORT(inner_count)()->uint32_t {
    return g_search->inner_count();
}

STAMPMILL_EXPORT(search)(uint64_t first, uint64_t end, uint64_t limit)->uint64_t {
    return g_search->run(first, end, limit);
}

STAMPMILL_EXPORT(roofline)(uint32_t seed, uint32_t times)->uint32_t {
    return stampmill::kRoofline.mix(seed, times);
}
STAMPMILL_EXPORT(roofline_candidates)()->uint32_t {
    return stampmill::kRoofline.candidates;
}

STAMPMILL_EXPORT(tried)()->uint64_t {
    return g_search->tried();
}
STAMPMILL_EXPORT(hits)()->const uint64_t* {
    return g_search->hits();
}
STAMPMILL_EXPORT(take)()->uint32_t {
    return g_search->take();
}
