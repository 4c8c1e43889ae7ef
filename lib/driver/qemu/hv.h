/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* QEMU as a hypervisor: the vtable of model/hv.h. */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"

struct qemu_options {
	const char *emulator;   /* used for every domain, whatever its XML says; NULL: none */
	const char *user;       /* whom QEMU runs as when root starts it; NULL: root */
	const char *cache_dir;  /* for answers of emulators; NULL: none are kept */
	const char *guard_path; /* NULL: $DOMSH_GUARD, else beside the library, else libexec */
};

/* Opens nothing and runs nothing. Freed by ops->close. */
struct hv *qemu_hv_open(const struct qemu_options *options, GError **err);
