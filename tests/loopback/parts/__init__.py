"""What end-to-end tests are put together from: programs, servers, stations, recorded streams."""
