/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/uuid.h"
#include <glib.h>
#include <string.h>

bool uuid_parse(const char *text, unsigned char ret_uuid[VIR_UUID_BUFLEN])
{
	unsigned char uuid[VIR_UUID_BUFLEN] = { 0 };
	size_t n_digits = 0;

	for (; *text; text++) {
		int digit = g_ascii_xdigit_value(*text);

		if (*text == '-' && n_digits > 0 && n_digits < 2 * sizeof(uuid))
			continue;
		if (digit < 0 || n_digits == 2 * sizeof(uuid))
			return false;
		uuid[n_digits / 2] = (unsigned char)(uuid[n_digits / 2] << 4 | digit);
		n_digits++;
	}
	if (n_digits != 2 * sizeof(uuid))
		return false;
	memcpy(ret_uuid, uuid, sizeof(uuid));
	return true;
}

void uuid_format(const unsigned char uuid[VIR_UUID_BUFLEN], char ret_text[VIR_UUID_STRING_BUFLEN])
{
	static const char digits[] = "0123456789abcdef";
	char *out = ret_text;

	for (size_t i = 0; i < VIR_UUID_BUFLEN; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		*out++ = digits[uuid[i] >> 4];
		*out++ = digits[uuid[i] & 0xf];
	}
	*out = '\0';
}
