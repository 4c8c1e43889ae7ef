/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio_ext.h>
#include <unistd.h>

#include "mem.h"
#include "output/text.h"

static void put(const struct shell *sh, const char *text, const char *keep)
{
	if (!sh->terminal) {
		fputs(text, stdout);
		return;
	}
	auto_free char *safe = text_escape(text, keep);
	fputs(safe, stdout);
}

void print_raw(const char *text)
{
	fputs(text, stdout);
}

static __attribute__((format(printf, 2, 0))) void put_line(const struct shell *sh,
							   const char *format, va_list args)
{
	auto_free char *text = mem_vformat(format, args);

	put(sh, text, "");
	putchar('\n');
}

static bool is_courteous(const struct shell *sh)
{
	return !sh->settings.quiet && !sh->settings.json;
}

void print_line(const struct shell *sh, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line(sh, format, args);
	va_end(args);
}

void say(const struct shell *sh, const char *format, ...)
{
	va_list args;

	if (!is_courteous(sh))
		return;
	va_start(args, format);
	put_line(sh, format, args);
	va_end(args);
}

void remark(const struct shell *sh, const char *format, ...)
{
	va_list args;

	if (!is_courteous(sh))
		return;
	va_start(args, format);
	auto_free char *text = mem_vformat(format, args);
	va_end(args);
	auto_free char *safe = text_escape(text, "");
	fprintf(stderr, "%s\n", isatty(STDERR_FILENO) ? safe : text);
}

void print_block(const struct shell *sh, const char *text)
{
	put(sh, text, "\n\t");
}

bool output_flush(void)
{
	int reason;

	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	reason = errno ? errno : EIO;
	__fpurge(stdout);
	clearerr(stdout);
	errno = reason;
	return false;
}
