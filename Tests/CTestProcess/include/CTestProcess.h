// The test process and the processes it starts end together. There is nothing to call: linking the module is enough.
#ifndef CTESTPROCESS_H
#define CTESTPROCESS_H
#endif
