// How many vectors of candidates each search of a kernel takes side by side: as many as the
// registers hold, or as it takes to hide the latency of the instructions.
#pragma once

namespace stampmill {

struct Interleave {
    int sha1_shared, sha1_general, sha256_shared, sha256_general;
};

}  // namespace stampmill
