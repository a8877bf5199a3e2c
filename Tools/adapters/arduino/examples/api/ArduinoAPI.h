#pragma once
#include "Common.h"
#ifdef __cplusplus
#include "Client.h"
#include "IPAddress.h"
#include "Print.h"
#include "Stream.h"
#endif
