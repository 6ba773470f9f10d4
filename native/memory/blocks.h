// Memory for Argon2id's blocks, kept from hash to hash: to get it from the system anew takes as
// long as to fill it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stampmill {

class MemoryBlocks {
  public:
    /// Throws std::bad_alloc if the system has not so much. Memory of 2 MiB and more is asked for
    /// in huge pages, with which a processor finds a block at random without walking its page
    /// tables.
    explicit MemoryBlocks(uint64_t blocks);
    ~MemoryBlocks();
    MemoryBlocks(const MemoryBlocks&) = delete;
    MemoryBlocks& operator=(const MemoryBlocks&) = delete;

    uint64_t* words() const { return words_; }
    uint64_t blocks() const { return bytes_ / 1024; }

    /// How much of it is in huge pages now; it is once it has been written to. 0 where that cannot
    /// be told.
    uint64_t huge_bytes() const;

  private:
    uint64_t* words_ = nullptr;
    size_t bytes_;
};

}  // namespace stampmill
