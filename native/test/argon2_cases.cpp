#include "argon2_cases.h"

namespace stampmill::test {

std::string describe(const Argon2Case& asked) {
    const auto& [costs, password, salt, secret, associated] = asked;
    std::string text = "m=" + std::to_string(costs.memory_kib);
    text += " t=" + std::to_string(costs.passes) + " p=" + std::to_string(costs.lanes);
    text += " length " + std::to_string(costs.length);
    text += "; bytes of password, salt, secret, data:";
    for (const auto* part : {&password, &salt, &secret, &associated}) {
        text += ' ' + std::to_string(part->size());
    }
    return text;
}

uint32_t Argon2Cases::below(uint32_t end) {
    // SplitMix64.
    state_ += 0x9e3779b97f4a7c15;
    uint64_t z = state_;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return static_cast<uint32_t>((z ^ z >> 31) % end);
}

std::vector<uint8_t> Argon2Cases::bytes(size_t count) {
    std::vector<uint8_t> made(count);
    for (uint8_t& byte : made) byte = static_cast<uint8_t>(below(256));
    return made;
}

Argon2Case Argon2Cases::next() {
    Argon2Case asked;
    Argon2Costs& costs = asked.costs;
    costs.lanes = below(3) == 0 ? 1 + below(7) : 1;
    costs.passes = 1 + below(4);
    costs.memory_kib = 8 * costs.lanes + below(below(8) == 0 ? 700 : 60);
    costs.length = below(2) == 0 ? 32 : kLeastTagBytes + below(200);
    asked.password = bytes(below(4) == 0 ? below(600) : below(80));
    asked.salt = bytes(kLeastSaltBytes + below(40));
    if (below(5) == 0) asked.secret = bytes(below(40));
    if (below(5) == 0) asked.associated = bytes(below(200));
    return asked;
}

}  // namespace stampmill::test
