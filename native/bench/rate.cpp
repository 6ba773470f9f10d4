// Measures one kernel in the real search, beside the processor's roofline, and prints one line of
// JSON. Built with -DSTAMPMILL_BENCH=ON, so that the same code can be timed under any compiler.
//
//   stampmill_rate KERNEL sha1|sha256 shared|general THREADS SECONDS
//
// Search and roofline take turns in slices of ten milliseconds, short enough for some of them to be
// left alone by whatever else runs; the best of each are compared. A slice is of whole groups: one
// that ends within a group pays for all of it, up to a seventh of a slice with AVX-512. Then one
// search goes on for as long: the sustained rate, which is what other programs report of
// themselves.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "engine/compiler.h"
#include "engine/dispatch.h"
#include "engine/layout.h"
#include "engine/measure.h"
#include "engine/search.h"

namespace {

using namespace stampmill;

constexpr double kSlice = 0.01;
constexpr char kDigits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";

/// The layout of a stamp for an address of average length, or a compact one.
Job job_for(Algorithm algorithm, bool shared) {
    Job job;
    job.algorithm = algorithm;
    job.alphabet = kDigits;
    job.wanted = 0;
    job.limit = 0;  // cannot be met
    if (shared) {
        job.message.assign(64 + 55, '0');
        job.positions = {56, 57, 58, 59, 60, 61, 62, 63, 117, 118};
    } else {
        job.message.assign(52, '0');
        job.positions = {44, 45, 46, 47, 48, 49, 50, 51};
    }
    return job;
}

double rate_of(Job job, const Kernel& kernel, uint64_t& tried) {
    Search search(std::move(job), kernel, {});
    search.join();
    tried = search.tried();
    return static_cast<double>(tried) / search.seconds();
}

/// What the threads of a search try at once.
uint64_t whole_groups(const Job& job, const Kernel& kernel) {
    const Shape shape = shape_of(job);
    const SearchLoop& loop =
        kernel.loops[static_cast<int>(job.algorithm)][static_cast<int>(shape.strategy)];
    return uint64_t{loop.group} * shape.inner_count * job.threads;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

int fail(const char* what) {
    std::fprintf(stderr, "stampmill_rate: %s\n", what);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) return fail("usage: KERNEL sha1|sha256 shared|general THREADS SECONDS");
    const Algorithm algorithm =
        std::strcmp(argv[2], "sha256") == 0 ? Algorithm::kSha256 : Algorithm::kSha1;
    const Choice choice = choose_kernel(argv[1], algorithm);
    if (choice.kernel == nullptr) return fail("that kernel cannot be used here");
    const auto threads = static_cast<uint32_t>(std::atoi(argv[4]));
    const double seconds = std::atof(argv[5]);

    Job job = job_for(algorithm, std::strcmp(argv[3], "shared") == 0);
    job.threads = threads;
    job.count = uint64_t{1} << 22;
    const uint64_t groups = whole_groups(job, *choice.kernel);
    uint64_t tried = 0;
    double estimate = rate_of(job, *choice.kernel, tried);
    std::vector<double> rates;
    double roofline = 0;
    const int slices = std::max(1, static_cast<int>(seconds / (2 * kSlice)));
    for (int i = 0; i < slices; ++i) {
        job.count = (static_cast<uint64_t>(estimate * kSlice) / groups + 1) * groups;
        estimate = rate_of(job, *choice.kernel, tried);
        if (tried != job.count) return fail("the search did not try every counter");
        rates.push_back(estimate);
        roofline = std::max(roofline, measure_roofline(*choice.kernel, algorithm, kSlice));
    }
    const double best = *std::max_element(rates.begin(), rates.end());
    job.count = (static_cast<uint64_t>(median(rates) * seconds / 2) / groups + 1) * groups;
    const double sustained = rate_of(job, *choice.kernel, tried);
    std::printf(
        "{\"kernel\":\"%s\",\"algorithm\":\"%s\",\"search\":\"%s\",\"threads\":%u,"
        "\"sustained\":%.0f,\"median\":%.0f,\"best\":%.0f,\"roofline\":%.0f,\"ofRoofline\":%.4f,"
        "\"compiler\":\"%s\"}\n",
        choice.kernel->name, argv[2], argv[3], threads, sustained, median(rates), best, roofline,
        best / (threads * roofline), kCompiler);
    return 0;
}
