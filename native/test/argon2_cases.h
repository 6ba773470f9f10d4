// Inputs and costs for Argon2id that look random and are the same every time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "memory/argon2.h"

namespace stampmill::test {

struct Argon2Case {
    Argon2Costs costs;
    std::vector<uint8_t> password;
    std::vector<uint8_t> salt;
    std::vector<uint8_t> secret;
    std::vector<uint8_t> associated;
};

std::string describe(const Argon2Case& asked);

class Argon2Cases {
  public:
    explicit Argon2Cases(uint64_t seed = 1) : state_(seed) {}

    /// Costs are small: 8 KiB a lane to about 700 KiB, 1 to 4 passes, 1 to 7 lanes.
    Argon2Case next();

    /// From 0 to before `end`.
    uint32_t below(uint32_t end);
    std::vector<uint8_t> bytes(size_t count);

  private:
    uint64_t state_;
};

}  // namespace stampmill::test
