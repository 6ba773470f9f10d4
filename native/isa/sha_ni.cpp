#include "simd/sha_ni.h"

#include "isa/kernels.h"
#include "isa/sha_kernel.h"

namespace stampmill {

constinit const Kernel kShaNiKernel =
    sha_kernel<ShaNiSha1, ShaNiSha256, Interleave{6, 6, 6, 4}>("sha_ni");

}  // namespace stampmill
