#include "memory/tries.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstring>

namespace stampmill {
namespace {

constexpr size_t kBlake2bBytes = 128;
constexpr size_t kStartWords = 2 * kMemoryBlockWords;
// Between two looks at whether to stop: some 50 microseconds for two memories.
constexpr uint32_t kBlocksAtOnce = 256;

bool is_set(const bool& stop) {
    return std::atomic_ref(stop).load(std::memory_order_relaxed);
}

}  // namespace

TryPlan::TryPlan(const TrySubject& subject, const MemoryKernel& kernel)
    : kernel_(kernel),
      shape_(shape_of(subject.costs)),
      length_(subject.costs.length),
      state_(start_of_blake2b()),
      alphabet_(subject.alphabet.begin(), subject.alphabet.end()) {
    assert(first_broken_rule(subject.costs) == nullptr && subject.costs.lanes == 1);
    const FirstMessage whole =
        first_message({subject.message, subject.salt, {}, {}}, subject.costs);
    const size_t digit = whole.password + subject.positions.front();
    const size_t same = digit / kBlake2bBytes * kBlake2bBytes;
    continue_blake2b(state_, Bytes(whole.bytes).first(same));
    rest_.assign(whole.bytes.begin() + static_cast<ptrdiff_t>(same), whole.bytes.end());
    for (const uint32_t position : subject.positions) {
        positions_.push_back(static_cast<uint32_t>(whole.password + position - same));
    }
    references_.resize(size_t{kSlices} / 2 * shape_.slice_blocks);
    for (uint32_t slice = 0; slice < kSlices / 2; ++slice) {
        kernel.find_references(shape_, {0, slice, 0}, &references_[slice * shape_.slice_blocks]);
    }
}

void TryPlan::write_counter(uint64_t counter, uint8_t* rest) const {
    for (size_t i = positions_.size(); i-- > 0; counter /= alphabet_.size()) {
        rest[positions_[i]] = alphabet_[counter % alphabet_.size()];
    }
}

const uint32_t* TryPlan::references(const Segment& segment) const {
    return is_independent(segment) ? &references_[segment.slice * shape_.slice_blocks] : nullptr;
}

Tries::Tries(const TryPlan& plan, uint32_t abreast)
    : plan_(plan),
      abreast_(abreast),
      memory_(blocks_of(plan.shape()) * abreast),
      rests_(plan.kernel().lanes, plan.rest()),
      starts_(plan.kernel().lanes * kStartWords),
      digest_(plan.length()) {
    for (uint32_t i = 0; i < abreast; ++i) {
        memories_[i] = memory_.words() + i * blocks_of(plan.shape()) * kMemoryBlockWords;
    }
}

/// The first two blocks of `count` tries, at most the kernel's lanes.
void Tries::prepare(uint64_t first, uint32_t count) {
    const MemoryKernel& kernel = plan_.kernel();
    const uint8_t* rests[kMostLanes];
    uint8_t h0[kMostLanes][kSeedBytes];
    for (uint32_t i = 0; i < kernel.lanes; ++i) {
        // There may be fewer tries than lanes: the others do the first one again.
        plan_.write_counter(i < count ? first + i : first, rests_[i].data());
        rests[i] = rests_[i].data();
    }
    kernel.hash(plan_.state(), rests, rests_[0].size(), h0);
    for (uint32_t from = 0; from < 2 * count; from += kernel.lanes) {
        uint8_t seeds[kMostLanes][kStretchedBytes];
        uint64_t* blocks[kMostLanes];
        for (uint32_t i = 0; i < kernel.lanes; ++i) {
            const uint32_t n = std::min(from + i, 2 * count - 1);
            seed_of(h0[n / 2], n % 2, 0, seeds[i]);
            blocks[i] = &starts_[n * kMemoryBlockWords];
        }
        kernel.stretch(seeds, blocks);
    }
}

bool Tries::fill(uint32_t abreast, const bool& stop) {
    const MemoryShape& shape = plan_.shape();
    Segment at{};
    for (at.pass = 0; at.pass < shape.passes; ++at.pass) {
        for (at.slice = 0; at.slice < kSlices; ++at.slice) {
            uint32_t from = at.pass == 0 && at.slice == 0 ? 2 : 0;
            while (from < shape.slice_blocks) {
                if (is_set(stop)) return false;
                const uint32_t end = std::min(shape.slice_blocks, from + kBlocksAtOnce);
                plan_.kernel().fill(shape, at, plan_.references(at), from, end, memories_, abreast);
                from = end;
            }
        }
    }
    return true;
}

void Tries::run(uint64_t first, uint64_t count, const bool& stop, const Taker& take) {
    const uint32_t lanes = plan_.kernel().lanes;
    uint32_t prepared = 0;  // of starts_, from `start` on
    uint32_t start = 0;
    for (uint64_t done = 0; done < count;) {
        if (start == prepared) {
            prepared = static_cast<uint32_t>(std::min<uint64_t>(lanes, count - done));
            start = 0;
            prepare(first + done, prepared);
        }
        const uint32_t abreast = std::min(abreast_, prepared - start);
        for (uint32_t i = 0; i < abreast; ++i) {
            std::memcpy(memories_[i], &starts_[(start + i) * kStartWords], kStartWords * 8);
        }
        if (!fill(abreast, stop)) return;
        for (uint32_t i = 0; i < abreast; ++i) {
            take_tag(plan_.kernel(), plan_.shape(), memories_[i], digest_);
            take(first + done + i, digest_);
        }
        start += abreast;
        done += abreast;
    }
}

}  // namespace stampmill
