// Which algorithms a build has. The addon has all of them; a WebAssembly file has one, for a page
// should load no more than it searches with.
#pragma once

#include "engine/job.h"
#include "hashes/sha1.h"
#include "hashes/sha256.h"

namespace stampmill {
namespace {

template <class Hash>
constexpr bool is_built() {
#if defined(STAMPMILL_ONLY_SHA1)
    return Hash::kAlgorithm == Algorithm::kSha1;
#elif defined(STAMPMILL_ONLY_SHA256)
    return Hash::kAlgorithm == Algorithm::kSha256;
#else
    return true;
#endif
}

/// Calls body with the algorithm's class as its argument's type.
template <class Body>
auto with_hash(Algorithm algorithm, const Body& body) {
    if constexpr (!is_built<Sha256>()) {
        return body(Sha1{});
    } else if constexpr (!is_built<Sha1>()) {
        return body(Sha256{});
    } else {
        return algorithm == Algorithm::kSha1 ? body(Sha1{}) : body(Sha256{});
    }
}

}  // namespace
}  // namespace stampmill
