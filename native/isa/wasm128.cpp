#include "simd/wasm128.h"

#include "isa/kernels.h"
#include "isa/vector_kernel.h"

namespace stampmill {

constinit const Kernel kWasm128Kernel =
    vector_kernel<Wasm128U32, Interleave{2, 2, 1, 1}>("wasm128");

}  // namespace stampmill
