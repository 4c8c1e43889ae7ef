/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fnmatch.h>
#include <string.h>

#include "guard/scope.h"

/* A line of /proc/self/cgroup is "number:controllers:path"; systemd's own hierarchy has one of the
 * paths, and a login's processes are in session-<number>.scope there. */
bool scope_is_of_login(const char *cgroups)
{
	g_auto(GStrv) lines = g_strsplit(cgroups, "\n", -1);

	for (char **line = lines; *line; line++) {
		const char *last = strrchr(*line, '/');

		if (last && fnmatch("/session-*.scope", last, 0) == 0)
			return true;
	}
	return false;
}
