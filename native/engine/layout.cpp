#include "engine/layout.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "engine/reference.h"

namespace stampmill {
namespace {

// Above this many inner values the midstates cost nothing any more (a fortieth of one percent),
// and the table outgrows the second-level cache for nothing.
constexpr uint64_t kMaxInner = 4096;
constexpr size_t kRowAlignment = 64;

/// How many inner values pay for a search of this size: filling a row takes as long as trying some
/// thirty candidates, and the table as a whole should save more than it costs.
uint64_t worthwhile_inner(const Job& job) {
    return std::clamp<uint64_t>(expected_tries(job) / 1024, 1, kMaxInner);
}

uint64_t power(uint64_t base, size_t exponent) {
    uint64_t result = 1;
    while (exponent-- > 0) result *= base;
    return result;
}

struct DigitPlace {
    size_t block;
    uint32_t word, shift;
};

DigitPlace place_of(uint32_t position) {
    constexpr uint32_t bytes = kBlockBytes;
    return {position / bytes, position % bytes / 4, 24 - 8 * (position % 4)};
}

}  // namespace

uint64_t expected_tries(const Job& job) {
    if (job.wanted == 0) return job.count;
    const uint64_t each = job.limit == ~uint64_t{0} ? 1 : ~uint64_t{0} / (job.limit + 1);
    return each > job.count / job.wanted ? job.count : each * job.wanted;
}

OuterRange outers_of(const Job& job, const Plan& plan) {
    return {job.start / plan.inner_count, (job.start + job.count - 1) / plan.inner_count + 1};
}

void Layout::Free::operator()(uint32_t* p) const {
    ::operator delete[](p, std::align_val_t{kRowAlignment});
}

Shape shape_of(const Job& job) {
    const auto block_of = [](uint32_t position) { return position / kBlockBytes; };
    Shape shape{};
    shape.first_digit_block = block_of(job.positions.front());
    shape.inner_block = block_of(job.positions.back());
    const size_t in_last = static_cast<size_t>(
        std::count_if(job.positions.begin(), job.positions.end(),
                      [&](uint32_t position) { return block_of(position) == shape.inner_block; }));
    const uint64_t base = job.alphabet.size();
    size_t inner = 1;
    while (inner < in_last && power(base, inner + 1) <= kMaxInner) ++inner;
    shape.strategy = Strategy::kGeneral;
    if (in_last < job.positions.size() && inner == in_last) {
        shape.strategy = Strategy::kShared;
    } else {
        while (inner > 1 && power(base, inner) > worthwhile_inner(job)) --inner;
    }
    shape.inner_digits = inner;
    shape.inner_count = static_cast<uint32_t>(power(base, inner));
    return shape;
}

Layout::Layout(const Job& job, const Kernel& kernel) : shape_(shape_of(job)) {
    const bool adds_constants = kernel.adds_constants[static_cast<int>(job.algorithm)];
    plan_.algorithm = job.algorithm;
    alphabet_.assign(job.alphabet.begin(), job.alphabet.end());
    plan_.alphabet = alphabet_.data();
    plan_.alphabet_size = static_cast<uint32_t>(alphabet_.size());
    plan_.strategy = shape_.strategy;
    plan_.inner_count = shape_.inner_count;
    plan_.entry_round = place_of(job.positions[job.positions.size() - shape_.inner_digits]).word;
    lay_lead_blocks(job);
    fill_rows(job, adds_constants);
    fill_tail(job, adds_constants);
}

void Layout::lay_lead_blocks(const Job& job) {
    std::vector<uint8_t> message = job.message;
    for (const uint32_t position : job.positions) message[position] = 0;
    initial_state(job.algorithm, plan_.midstate);
    for (size_t block = 0; block <= shape_.inner_block; ++block) {
        uint32_t words[16];
        padded_block(message.data(), message.size(), block, words);
        if (block < shape_.first_digit_block) {
            compress(job.algorithm, plan_.midstate, words);
        } else {
            lead_words_.insert(lead_words_.end(), words, words + 16);
        }
    }
    for (size_t i = 0; i + shape_.inner_digits < job.positions.size(); ++i) {
        const DigitPlace place = place_of(job.positions[i]);
        const size_t word = 16 * (place.block - shape_.first_digit_block) + place.word;
        outer_digits_.push_back({static_cast<uint32_t>(word), place.shift});
    }
    plan_.lead_words = lead_words_.data();
    plan_.lead_blocks = static_cast<uint32_t>(lead_words_.size() / 16);
    plan_.outer_digits = outer_digits_.data();
    plan_.outer_digit_count = static_cast<uint32_t>(outer_digits_.size());
}

void Layout::fill_rows(const Job& job, bool adds_constants) {
    const bool shared = plan_.strategy == Strategy::kShared;
    const bool linear = job.algorithm == Algorithm::kSha1;
    const int row_words = shared || linear ? rounds(job.algorithm) : 16;
    plan_.row_words = static_cast<uint32_t>(row_words);
    const size_t words = size_t{plan_.inner_count} * plan_.row_words;
    rows_.reset(new (std::align_val_t{kRowAlignment}) uint32_t[words]);
    plan_.rows = rows_.get();

    const uint32_t* fixed = lead_words_.data() + lead_words_.size() - 16;
    for (uint32_t inner = 0; inner < plan_.inner_count; ++inner) {
        uint32_t* row = rows_.get() + size_t{inner} * plan_.row_words;
        std::fill_n(row, 16, 0);
        if (shared) std::copy_n(fixed, 16, row);
        uint32_t rest = inner;
        for (size_t i = 0; i < shape_.inner_digits; ++i, rest /= plan_.alphabet_size) {
            const DigitPlace place = place_of(job.positions[job.positions.size() - 1 - i]);
            row[place.word] |= uint32_t{alphabet_[rest % plan_.alphabet_size]} << place.shift;
        }
        if (row_words > 16) expand(job.algorithm, row);
        if (shared && adds_constants) add_constants(job.algorithm, row);
    }
}

void Layout::fill_tail(const Job& job, bool adds_constants) {
    const size_t row = static_cast<size_t>(rounds(job.algorithm));
    const size_t blocks = block_count(job.message.size());
    plan_.tail_blocks = static_cast<uint32_t>(blocks - shape_.inner_block - 1);
    tail_.resize(plan_.tail_blocks * row);
    for (uint32_t i = 0; i < plan_.tail_blocks; ++i) {
        uint32_t* words = tail_.data() + i * row;
        padded_block(job.message.data(), job.message.size(), shape_.inner_block + 1 + i, words);
        expand(job.algorithm, words);
        if (adds_constants) add_constants(job.algorithm, words);
    }
    plan_.tail = tail_.data();
}

}  // namespace stampmill
