#include "core/uv/secured_stream.hpp"

#include <algorithm>

namespace alluvium::uv {

namespace {

/// A few whole records of TLS.
constexpr std::size_t encrypted_at_once = 64 * 1024;

}  // namespace

void SecuredStream::push(Slice plain) {
  if (plain.empty()) return;
  waiting_bytes_ += plain.size();
  waiting_.push_back(std::move(plain));
}

int SecuredStream::flush(WriteQueue& writes) {
  while (true) {
    if (writes.empty()) encrypt_some();
    if (Bytes output = channel_->take_output(); !output.empty()) {
      writes.push(Slice(std::move(output)));
    }
    const int result = writes.flush();
    if (result < 0 || waiting_.empty() || !writes.empty()) return result;
  }
}

void SecuredStream::encrypt_some() {
  auto left = encrypted_at_once;
  while (left > 0 && !waiting_.empty()) {
    const Slice part = waiting_.front().part(0, left);
    channel_->encrypt(part.view());
    left -= part.size();
    waiting_bytes_ -= part.size();
    waiting_.front() = waiting_.front().part(part.size());
    if (waiting_.front().empty()) waiting_.pop_front();
  }
}

}  // namespace alluvium::uv
