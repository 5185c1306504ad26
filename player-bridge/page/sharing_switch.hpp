#pragma once

#include "core/base/result.hpp"
#include "core/http/handler.hpp"
#include "core/peer/upload_budget.hpp"

#include <functional>
#include <optional>
#include <string>

namespace alluvium::bridge {

/// `POST /sharing`: the one thing that can be changed from the page. The body is a form
/// (`application/x-www-form-urlencoded`, as a page without scripts sends it; answered by 303 back
/// to the page) or a JSON object (answered by 204) with `rate`, which is `off`, `unlimited` or bits
/// a second like `2M`, and `token`, which only the page knows, so that no other web site can have a
/// browser post it. Only programs on this machine may; a browser that says where a post comes from
/// must say it is the page. A refusal is one sentence: 403 for who may not, 400 for what makes no
/// sense, 415 for another kind of body, 409 if it could not be done. Owned by the LocalServer.
class SharingSwitch {
 public:
  using Apply = std::function<Status(std::optional<peer::UploadBudget>)>;

  /// `apply` changes what is shared; none: nothing.
  SharingSwitch(std::string token, Apply apply)
      : token_(std::move(token)), apply_(std::move(apply)) {}

  [[nodiscard]] http::Response on_post(const http::Request& request) const;
  /// Whether whoever asks is on this machine, and so may know the token.
  [[nodiscard]] static bool permits(const http::Request& request);
  [[nodiscard]] const std::string& token() const { return token_; }

 private:
  std::string token_;
  Apply apply_;
};

/// 256 bits from the system's generator, in hexadecimal.
[[nodiscard]] std::string random_token();

}  // namespace alluvium::bridge
