// The one translation unit that holds the bodies of Asio and Beast (see asio.h).
#include "emulator/http/asio.h"

#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
