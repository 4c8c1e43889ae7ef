/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <time.h>
#include <unistd.h>

#include "mem.h"
#include "output/text.h"

bool log_open(struct shell *sh, const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd < 0)
		return false;
	sh->log = fdopen(fd, "a");
	return sh->log;
}

void log_line(const struct shell *sh, const char *format, ...)
{
	time_t now = time(NULL);
	struct tm utc;
	char stamp[40];
	va_list args;

	if (!sh->log)
		return;
	va_start(args, format);
	auto_free char *text = mem_vformat(format, args);
	va_end(args);
	auto_free char *safe = text_escape(text, "\t");
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	fprintf(sh->log, "%s %ld %s\n", stamp, (long)getpid(), safe);
	fflush(sh->log);
}

void log_close(struct shell *sh)
{
	if (sh->log)
		fclose(sh->log);
	sh->log = NULL;
}
