/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/hv.h"

void hv_probe_clear(struct hv_probe *probe)
{
	g_free(probe->emulator);
	g_free(probe->arch);
	g_clear_pointer(&probe->machines, g_ptr_array_unref);
	g_strfreev(probe->cpu_models);
	*probe = (struct hv_probe){ 0 };
}
