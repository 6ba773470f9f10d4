// The frame for the native tests: a test is a function that registers itself; one for kernels is
// run once for every kernel that this processor has. A failed check is printed and the test goes
// on, so that one run shows all there is to see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "engine/kernel.h"
#include "memory/kernel.h"

namespace stampmill::test {

/// Where a test is run slowly, under a sanitizer or an emulator, it takes every n-th of its cases.
inline constexpr uint64_t kThinning = STAMPMILL_TEST_THINNING;

struct Registration {
    Registration(const char* name, void (*body)());
    Registration(const char* name, void (*body)(const Kernel&));
    Registration(const char* name, void (*body)(const MemoryKernel&));
};

/// Says what is being tested, for messages, until the end of its scope.
class Note {
  public:
    explicit Note(std::string text);
    ~Note();
    Note(const Note&) = delete;
    Note& operator=(const Note&) = delete;
};

void fail(const char* file, int line, const std::string& what);

/// Prints a measurement or a remark under the running test.
void remark(const std::string& text);

template <class T>
std::string shown(const T& value) {
    std::ostringstream text;
    text << value;
    return text.str();
}
std::string shown(const std::vector<uint64_t>& counters);

template <class A, class B>
void check_equal(const A& a, const B& b, const char* what, const char* file, int line) {
    if (!(a == b)) fail(file, line, std::string(what) + ": " + shown(a) + " and " + shown(b));
}
/// For lists of counters: the message names the first that only one of them has.
void check_equal(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b, const char* what,
                 const char* file, int line);

}  // namespace stampmill::test

#define TEST(name)                                                               \
    static void name();                                                          \
    static const ::stampmill::test::Registration name##_registered(#name, name); \
    static void name()

#define KERNEL_TEST(name)                                                        \
    static void name(const ::stampmill::Kernel&);                                \
    static const ::stampmill::test::Registration name##_registered(#name, name); \
    static void name(const ::stampmill::Kernel& kernel)

#define MEMORY_TEST(name)                                                        \
    static void name(const ::stampmill::MemoryKernel&);                          \
    static const ::stampmill::test::Registration name##_registered(#name, name); \
    static void name(const ::stampmill::MemoryKernel& kernel)

#define CHECK(condition) \
    ((condition) ? (void)0 : ::stampmill::test::fail(__FILE__, __LINE__, #condition))
#define CHECK_EQUAL(a, b) ::stampmill::test::check_equal(a, b, #a " is " #b, __FILE__, __LINE__)
