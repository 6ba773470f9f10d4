// What compiled the engine, for results that are to be compared.
#pragma once

namespace stampmill {

#if defined(__clang__)
inline constexpr char kCompiler[] = __VERSION__;
#else
inline constexpr char kCompiler[] = "g++ " __VERSION__;
#endif

}  // namespace stampmill
