#pragma once

#include "core/curl/client.hpp"
#include "core/uv/loop.hpp"
#include "gateway/broadcaster/web/web.hpp"
#include "gateway/storage.hpp"

namespace alluvium::broadcaster {

/// The real web, on a loop of its own that turns only while something is awaited.
class LoopWeb final : public Web {
 public:
  LoopWeb() : client_(loop_, {.user_agent = "Alluvium-Broadcaster/1"}) {}

  [[nodiscard]] http::Fetch::Result ask(http::ClientRequest request) override;
  [[nodiscard]] Result<media::FileFacts> scan(const http::Url& url) override;

 private:
  gateway::NoStorage storage_;
  uv::Loop loop_;
  curl::Client client_;
};

}  // namespace alluvium::broadcaster
