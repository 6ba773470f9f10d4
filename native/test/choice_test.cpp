// Which kernel is chosen, where more than one may be the fastest. Whether it is the fastest here,
// and the same every time, is for `npm run bench:choice` to measure.
#include <string>

#include "check.h"
#include "engine/measure.h"

namespace stampmill::test {

/// Costs like those of a processor whose AVX-512 comes in halves: SHA instructions are the faster
/// kernel for stamps. Where a group has few inner values, preparing it decides, and vectors win.
TEST(predictions_know_layout_and_length) {
    const SearchCost vectors = {2.2e-6, 0.405e-6};        // 48 candidates a step
    const SearchCost instructions = {0.5e-6, 0.0299e-6};  // four
    const auto faster = [&](uint32_t inner, double tries) {
        const double a = predicted_seconds(vectors, 48, inner, tries);
        const double b = predicted_seconds(instructions, 4, inner, tries);
        return a < b ? "vectors" : "instructions";
    };
    CHECK_EQUAL(std::string(faster(4096, 1e9)), std::string("instructions"));
    CHECK_EQUAL(std::string(faster(64, 1e9)), std::string("vectors"));
    const double whole = predicted_seconds(vectors, 48, 64, 48 * 64);
    CHECK_EQUAL(predicted_seconds(vectors, 48, 64, 2 * 48 * 64) / whole, 2.0);
    CHECK_EQUAL(predicted_seconds(vectors, 48, 64, 1), 2.2e-6 + 0.405e-6);
}

/// The figures of an EPYC 9004 for stamps, calm and with another machine on the same core, and of a
/// processor whose AVX-512 comes whole.
TEST(the_choice_is_steady) {
    const size_t vectors = 0;
    const size_t instructions = 1;
    CHECK_EQUAL(steady_choice({1 / 118.0, 1 / 137.0}, instructions), instructions);
    CHECK_EQUAL(steady_choice({1 / 114.0, 1 / 108.0}, instructions), instructions);
    CHECK_EQUAL(steady_choice({1 / 288.0, 1 / 100.0}, instructions), vectors);
    CHECK_EQUAL(steady_choice({1 / 49.0, 1 / 50.0}, vectors), vectors);
    CHECK_EQUAL(steady_choice({1.0}, 0), size_t{0});
}

}  // namespace stampmill::test
