/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/process.h"
#include <glib.h>
#include <string.h>

static struct {
	GMutex mutex;
	char command[COMMAND_MAX + 1];
	virErrorFunc handler;
	void *handler_data;
} process;

/* The longest prefix of whole characters that fits. */
static size_t fitting_length(const char *command)
{
	size_t length = strnlen(command, COMMAND_MAX + 1);
	const char *end;

	if (length > COMMAND_MAX) {
		end = g_utf8_find_prev_char(command, command + COMMAND_MAX + 1);
		length = end ? (size_t)(end - command) : COMMAND_MAX;
	}
	return length;
}

void process_set_command(const char *command)
{
	size_t length = command ? fitting_length(command) : 0;

	g_mutex_lock(&process.mutex);
	if (length > 0)
		memcpy(process.command, command, length);
	process.command[length] = '\0';
	g_mutex_unlock(&process.mutex);
}

char *process_command(void)
{
	char *copy;

	g_mutex_lock(&process.mutex);
	copy = process.command[0] ? g_strdup(process.command) : NULL;
	g_mutex_unlock(&process.mutex);
	return copy;
}

void process_set_error_func(virErrorFunc handler, void *data)
{
	g_mutex_lock(&process.mutex);
	process.handler = handler;
	process.handler_data = data;
	g_mutex_unlock(&process.mutex);
}

void process_tell_error(virErrorPtr err)
{
	virErrorFunc handler;
	void *data;

	g_mutex_lock(&process.mutex);
	handler = process.handler;
	data = process.handler_data;
	g_mutex_unlock(&process.mutex);
	if (handler)
		handler(data, err);
}
