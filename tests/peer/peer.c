/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "peer.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <libvirt/virterror.h>

/* libvirt exports what sets the last error, but declares it only for itself. */
int not_supported(const char *function)
{
	int (*set_error)(virErrorPtr) = (int (*)(virErrorPtr))dlsym(RTLD_DEFAULT, "virSetError");
	char message[128];
	virError err = {
		.code = VIR_ERR_NO_SUPPORT,
		.domain = VIR_FROM_NONE,
		.level = VIR_ERR_ERROR,
		.message = message,
	};

	if (!set_error)
		abort();
	snprintf(message, sizeof(message),
		 "this function is not supported by the connection driver: %s", function);
	set_error(&err);
	return -1;
}
