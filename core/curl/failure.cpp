#include "core/curl/failure.hpp"

namespace alluvium::curl {

http::TransferFailure failure_of(CURLcode code, bool answered) {
  using http::TransferFailure;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return TransferFailure::name_unknown;
    case CURLE_COULDNT_CONNECT:
    case CURLE_INTERFACE_FAILED:
      return TransferFailure::refused;
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return answered ? TransferFailure::broken : TransferFailure::refused;
    case CURLE_OPERATION_TIMEDOUT:
      return TransferFailure::timed_out;
    case CURLE_FILESIZE_EXCEEDED:
      return TransferFailure::too_large;
    default:
      return TransferFailure::broken;
  }
}

}  // namespace alluvium::curl
