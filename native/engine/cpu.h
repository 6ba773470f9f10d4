// Which instruction sets this processor and operating system offer.
#pragma once

namespace stampmill {

enum class Isa { kBaseline, kSsse3, kAvx2, kAvx512, kShaNi, kArmv8Sha };

bool cpu_has(Isa isa);

}  // namespace stampmill
