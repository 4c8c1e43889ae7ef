/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/remarks.h"
#include <domsh/domsh.h>

static void forget(void *remarks)
{
	g_ptr_array_unref(remarks);
}

static GPrivate thread_remarks = G_PRIVATE_INIT(forget);

void remarks_keep(GPtrArray *take_remarks)
{
	g_private_replace(&thread_remarks, take_remarks);
}

int domshTakeRemarks(char ***remarks)
{
	GPtrArray *kept = g_private_get(&thread_remarks);
	int n = kept ? (int)kept->len : 0;

	if (remarks)
		*remarks = g_new0(char *, n + 1);
	for (int i = 0; remarks && i < n; i++)
		(*remarks)[i] = g_strdup(kept->pdata[i]);
	remarks_keep(NULL);
	return n;
}

void domshRemarksFree(char **remarks)
{
	g_strfreev(remarks);
}
