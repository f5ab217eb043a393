/* A message's bytes to its segments in one pass: what adapters.edifact.tokenizer does, where nothing is unusual.
 *
 * tokens(raw) -> (segments, empty): the texts, released service characters as private-use stand-ins, and how many
 * terminators had nothing before them; or None.
 *
 * None hands the message back to Python: a byte above 127, a line break inside a segment, white space at either end of
 * a value, a release character with nothing or white space behind it. Default service characters only.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

enum { DATA, MARK, END, RELEASE, SPACE, BREAK, OTHER };

static unsigned char kind_of[256];

static Py_UCS2 stand_in(char released)
{
    switch (released) {
    case '?': return 0xe000;
    case '+': return 0xe001;
    case ':': return 0xe002;
    case '\'': return 0xe003;
    default: return 0; /* released without need: itself */
    }
}

/* A stretch of ASCII as a text; `releases` counts the release characters that stand in it. */
static PyObject *text_of(const char *from, const char *to, Py_ssize_t releases)
{
    Py_ssize_t length = to - from - releases;
    if (!releases) {
        PyObject *plain = PyUnicode_New(length, 127);
        if (plain)
            memcpy(PyUnicode_1BYTE_DATA(plain), from, length);
        return plain;
    }
    Py_UCS2 *letters = PyMem_New(Py_UCS2, length);
    if (!letters)
        return PyErr_NoMemory();
    for (Py_ssize_t at = 0; at < length; at++, from++) {
        Py_UCS2 meant = *from == '?' ? stand_in(*++from) : 0;
        letters[at] = meant ? meant : (Py_UCS2)*from;
    }
    PyObject *text = PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, letters, length);
    PyMem_Free(letters);
    return text;
}

/* Append the segments of `at` to `end`. 0: done, 1: not for us, -1: out of memory. */
static int scan(const char *at, const char *end, PyObject *found, Py_ssize_t *empty)
{
    for (; at < end; at++) {
        while (at < end && kind_of[(unsigned char)*at] == BREAK)
            at++;
        if (at == end)
            return 0;
        const char *start = at, *value = at;
        Py_ssize_t releases = 0;
        for (; at < end && *at != '\''; at++) {
            int kind = kind_of[(unsigned char)*at];
            int next = at + 1 < end ? kind_of[(unsigned char)at[1]] : OTHER;
            if (kind == MARK)
                value = at + 1;
            else if (kind == RELEASE && next <= RELEASE)
                at++, releases++;
            else if (kind != DATA && (kind != SPACE || at == value || (next != DATA && next != SPACE && next != RELEASE)))
                return 1;
        }
        if (at == start) {
            ++*empty;
            continue;
        }
        PyObject *text = text_of(start, at, releases);
        int failed = text == NULL || PyList_Append(found, text);
        Py_XDECREF(text);
        if (failed)
            return -1;
    }
    return 0;
}

static PyObject *tokens(PyObject *Py_UNUSED(module), PyObject *raw)
{
    char *bytes;
    Py_ssize_t length, empty = 0;
    if (PyBytes_AsStringAndSize(raw, &bytes, &length))
        return NULL;
    PyObject *found = PyList_New(0);
    int outcome = found ? scan(bytes, bytes + length, found, &empty) : -1;
    if (outcome == 0)
        return Py_BuildValue("(Nn)", found, empty);
    Py_XDECREF(found);
    if (outcome < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"tokens", tokens, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "native_tokens", .m_methods = methods};

PyMODINIT_FUNC PyInit_native_tokens(void)
{
    for (int byte = 0; byte < 256; byte++)
        kind_of[byte] = byte < 128 ? DATA : OTHER;
    kind_of['+'] = kind_of[':'] = MARK;
    kind_of['\''] = END;
    kind_of['?'] = RELEASE;
    kind_of[' '] = SPACE;
    kind_of['\r'] = kind_of['\n'] = BREAK;
    return PyModule_Create(&module);
}
