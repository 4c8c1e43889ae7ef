/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Numbers of keys. */

/* QNUM of a KEY_… of Linux; 0: there is none. */
unsigned int keycode_from_linux(unsigned int code);
