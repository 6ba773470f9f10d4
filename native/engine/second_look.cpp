#include "engine/second_look.h"

#include "engine/reference.h"

namespace stampmill {

SecondLook::SecondLook(const Job& job) : job_(job), message_(job.message) {}

bool SecondLook::confirms(uint64_t counter, uint64_t limit) {
    if (counter < job_.start || counter - job_.start >= job_.count) return false;
    uint64_t rest = counter;
    for (size_t i = job_.positions.size(); i-- > 0; rest /= job_.alphabet.size()) {
        const char digit = job_.alphabet[rest % job_.alphabet.size()];
        message_[job_.positions[i]] = static_cast<uint8_t>(digit);
    }
    uint8_t digest[32];
    digest_of(job_.algorithm, message_.data(), message_.size(), digest);
    return leading_word(digest) <= limit;
}

}  // namespace stampmill
