#include "simd/armv8_sha.h"

#include "isa/kernels.h"
#include "isa/sha_kernel.h"

namespace stampmill {

constinit const Kernel kArmv8ShaKernel =
    sha_kernel<Armv8Sha1, Armv8Sha256, Interleave{4, 4, 4, 2}>("armv8_sha");

}  // namespace stampmill
