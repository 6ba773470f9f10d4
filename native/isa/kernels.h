// The kernels there are. Each is defined in the file of its name, compiled with its own flags.
#pragma once

#include "engine/kernel.h"

namespace stampmill {

#if defined(__x86_64__)
extern const Kernel kAvx512Kernel;
extern const Kernel kShaNiKernel;
extern const Kernel kAvx2Kernel;
extern const Kernel kSse2Kernel;
#elif defined(__aarch64__)
extern const Kernel kArmv8ShaKernel;
extern const Kernel kNeonKernel;
#elif defined(__wasm_simd128__)
extern const Kernel kWasm128Kernel;
#endif
extern const Kernel kScalarKernel;

}  // namespace stampmill
