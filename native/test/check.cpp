#include "check.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>

#include "engine/dispatch.h"
#include "memory/dispatch.h"

namespace stampmill::test {
namespace {

constexpr int kMostMessages = 10;  // of one test: a broken kernel breaks thousands of cases

struct RegisteredTest {
    const char* name;
    void (*body)();
    void (*kernel_body)(const Kernel&);
    void (*memory_body)(const MemoryKernel&);
};

std::vector<RegisteredTest>& tests() {
    static std::vector<RegisteredTest> all;
    return all;
}

std::vector<std::string>& notes() {
    static std::vector<std::string> open;
    return open;
}

int g_failures = 0;  // of the running test

std::string counted(const std::vector<uint64_t>& counters) {
    return std::to_string(counters.size()) + (counters.size() == 1 ? " counter" : " counters");
}

template <class Body>
bool run(const std::string& name, const Body& body) {
    g_failures = 0;
    const auto start = std::chrono::steady_clock::now();
    try {
        body();
    } catch (const std::exception& error) {
        fail(__FILE__, __LINE__, std::string("it threw: ") + error.what());
    }
    notes().clear();
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - start;
    std::printf("%-6s %-48s %6.0f ms\n", g_failures == 0 ? "ok" : "FAILED", name.c_str(),
                taken.count());
    std::fflush(stdout);
    return g_failures == 0;
}

/// The kernels to test; a supported one that fails its self-test is a failure of its own.
template <class Kernel, class Choose>
std::vector<const Kernel*> usable_kernels(const std::vector<KernelReport>& reports,
                                          const Choose& choose, int& failed) {
    std::vector<const Kernel*> usable;
    for (const KernelReport& report : reports) {
        const Kernel* kernel = choose(report.name);
        if (kernel != nullptr) {
            usable.push_back(kernel);
        } else if (report.supported) {
            std::printf("FAILED kernel %s: it does not pass its self-test\n", report.name);
            ++failed;
        } else {
            std::printf("skipped kernel %s: this processor cannot run it\n", report.name);
        }
    }
    return usable;
}

bool is_chosen(const std::string& name, int argc, char** argv) {
    if (argc < 2) return true;
    return std::any_of(argv + 1, argv + argc,
                       [&](const char* part) { return name.find(part) != std::string::npos; });
}

int run_all(int argc, char** argv) {
    int passed = 0;
    int failed = 0;
    const auto kernels = usable_kernels<Kernel>(
        kernel_reports(),
        [](const char* name) { return choose_kernel(name, Algorithm::kSha1).kernel; }, failed);
    const auto memory_kernels = usable_kernels<MemoryKernel>(
        memory_kernel_reports(), [](const char* name) { return choose_memory_kernel(name).kernel; },
        failed);
    const auto count = [&](const std::string& name, const auto& body) {
        if (!is_chosen(name, argc, argv)) return;
        ++(run(name, body) ? passed : failed);
    };
    for (const RegisteredTest& test : tests()) {
        if (test.body != nullptr) count(test.name, test.body);
        const auto count_on = [&](const auto& usable, const auto body) {
            if (body == nullptr) return;
            for (const auto* kernel : usable) {
                count(std::string(test.name) + " on " + kernel->name, [&] { body(*kernel); });
            }
        };
        count_on(kernels, test.kernel_body);
        count_on(memory_kernels, test.memory_body);
    }
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}

}  // namespace

Registration::Registration(const char* name, void (*body)()) {
    tests().push_back({name, body, nullptr, nullptr});
}

Registration::Registration(const char* name, void (*body)(const Kernel&)) {
    tests().push_back({name, nullptr, body, nullptr});
}

Registration::Registration(const char* name, void (*body)(const MemoryKernel&)) {
    tests().push_back({name, nullptr, nullptr, body});
}

Note::Note(std::string text) {
    notes().push_back(std::move(text));
}

Note::~Note() {
    if (!notes().empty()) notes().pop_back();
}

void fail(const char* file, int line, const std::string& what) {
    if (++g_failures > kMostMessages) return;
    const char* slash = std::strrchr(file, '/');
    std::printf("  %s:%d: %s\n", slash == nullptr ? file : slash + 1, line, what.c_str());
    for (const std::string& note : notes()) std::printf("    in %s\n", note.c_str());
    if (g_failures == kMostMessages) std::printf("  ... and whatever else fails\n");
}

void remark(const std::string& text) {
    std::printf("  %s\n", text.c_str());
}

std::string shown(const std::vector<uint64_t>& counters) {
    std::ostringstream text;
    text << counted(counters) << ':';
    for (size_t i = 0; i < std::min<size_t>(counters.size(), 8); ++i) text << ' ' << counters[i];
    return text.str();
}

void check_equal(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b, const char* what,
                 const char* file, int line) {
    if (a == b) return;
    std::string text = std::string(what) + ": " + counted(a) + " and " + counted(b);
    const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (in_a != a.end()) text += "; the first has " + std::to_string(*in_a);
    if (in_b != b.end()) text += "; the second has " + std::to_string(*in_b);
    fail(file, line, text);
}

}  // namespace stampmill::test

int main(int argc, char** argv) {
    return stampmill::test::run_all(argc, argv);
}
