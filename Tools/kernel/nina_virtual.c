// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual NINA coprocessor: an SPI controller and a GPIO chip that hosts use like those of a board, and a
 * character device, /dev/ninaN, through which a program acts as the coprocessor. See README.md.
 *
 * One spin lock protects all state of a module. Each change ends with nina_leave(), which updates windows and
 * lines, releases the lock and then raises the edges. Neither side ever waits for the other: an SPI transfer
 * is answered from the bytes that were queued before chip select fell.
 */
#include <linux/atomic.h>
#include <linux/gpio/driver.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/spi/spi.h>
#include <linux/uaccess.h>
#include <linux/version.h>

/* Bytes of a window that the coprocessor keeps, and the most that it can queue. */
#define WINDOW_LIMIT 4092
#define MODULES_LIMIT 16

/* Messages of the character device: those of the project's socket link, version 1. */
#define HEADER_SIZE 4
#define HELLO_SIZE 5
#define FROM_HOST_HELLO 0x01
#define FROM_HOST_WINDOW 0x02
#define FROM_HOST_PINS 0x03
#define FROM_DEVICE_HELLO 0x81
#define FROM_DEVICE_QUEUED 0x82
#define FROM_DEVICE_IRQ 0x83
/* A reader has room for the longest message. */
#define MESSAGE_LIMIT (HEADER_SIZE + WINDOW_LIMIT)
/* HELLO and two PINS. */
#define PREFACE_LIMIT (3 * HEADER_SIZE + HELLO_SIZE + 2)

static const u8 hello[HELLO_SIZE] = { 'N', 'I', 'N', 'A', 1 };

/* The bits of PINS. */
#define PIN_RESET BIT(0)
#define PIN_GPIO0 BIT(1)
#define PIN_SELECTED BIT(2)
/* Chip select matters only at an edge of RESET: its own changes are not reported. */
#define PINS_TOLD (PIN_RESET | PIN_GPIO0)

enum nina_line { LINE_CS, LINE_READY, LINE_RESET, LINE_GPIO0, LINES };

static const char *const line_names[LINES] = { "CS", "READY", "RESET", "GPIO0" };

enum nina_fault {
	FAULT_READY_HIGH,
	FAULT_READY_LOW,
	FAULT_READY_NEVER_RISES,
	FAULT_MISO_FF,
	FAULT_MISO_00,
	FAULT_IRQ_LOW,
	FAULT_IRQ_HIGH,
	FAULT_READY_OPEN,
	FAULT_IRQ_OPEN,
	FAULT_MOSI_FF,
	FAULT_RESET_OPEN,
	FAULT_CS_OPEN,
	FAULTS
};

static const char *const fault_names[FAULTS] = {
	"ready-high", "ready-low", "ready-never-rises", "miso-ff", "miso-00",
	"irq-low", "irq-high", "ready-open", "irq-open", "mosi-ff", "reset-open", "cs-open",
};

/* The current chip-select window. */
struct nina_window {
	bool live; /* it began with READY low, and was not cut */
	u32 position; /* bytes clocked so far; stops counting far beyond the limit */
	u16 miso_length;
	u16 mosi_length;
	u8 mosi_last; /* the host's last byte as sent, for the wrong clock mode */
};

struct nina_counters {
	u64 windows; /* handed to the coprocessor */
	u64 windows_lost; /* begun while READY was high, or cut by the coprocessor */
	u64 bytes_discarded; /* of the host, beyond WINDOW_LIMIT */
	u64 transfers_unselected; /* with chip select high */
	u64 queued_stale; /* QUEUED from before a reset */
};

struct nina {
	struct platform_device *pdev;
	struct spi_controller *controller;
	struct gpio_chip gpio;
	struct miscdevice misc;
	char device_name[16];
	char label[20];
	char names[LINES][16];
	const char *name_list[LINES];

	spinlock_t lock; /* protects everything down to the buffers */
	u8 outputs; /* lines that the host drives */
	u8 values; /* the levels it drives */
	u8 levels; /* READY and GPIO0 as of the last edge */
	u8 pull_ups; /* lines with the bias pull-up: an open line is then high, else low */
	unsigned long faults;
	u32 max_hz;
	bool native_select; /* the controller's own chip select is asserted */
	bool selected;
	bool attached; /* /dev/ninaN is open: the coprocessor is powered */
	bool greeting_sent, greeting_taken;
	bool in_reset;
	bool up; /* a QUEUED was accepted since power-on or reset */
	bool interrupt; /* the level that the coprocessor drives */
	bool queued; /* READY is low, unless a fault overrides it */
	bool handed_over; /* a window is waiting to be read */
	bool reset_fell; /* since the last PINS that was read */
	u8 pins, pins_told;
	s16 boots, boots_stale; /* -1: none */
	u16 queued_length, handed_length;
	struct nina_window window;
	struct nina_counters counters;

	/* Exchanged by pointer, so that nothing is copied to or from user space under the lock. */
	u8 *miso_window, *miso_queued, *miso_written; /* the last one belongs to the writer */
	u8 *mosi_window, *mosi_handed, *mosi_read; /* the last one belongs to the reader */

	struct mutex reading, writing;
	wait_queue_head_t wait;

	spinlock_t edge_lock;
	atomic_t edges; /* pending: two bits for each line, see EDGE */
	unsigned long edge_enabled;
	u8 edge_types[LINES];

	u8 buffers[6][WINDOW_LIMIT];
};

#define EDGE(line, level) (1 << (2 * (line) + !!(level)))

static unsigned int modules = 1;
module_param(modules, uint, 0444);
MODULE_PARM_DESC(modules, "virtual coprocessors, 1 to 16 (1)");

static unsigned int max_hz;
module_param(max_hz, uint, 0444);
MODULE_PARM_DESC(max_hz, "SPI clock above which MISO is garbage; 0 for none (0)");

static bool no_cs = true;
module_param(no_cs, bool, 0444);
MODULE_PARM_DESC(no_cs, "the SPI controller knows SPI_NO_CS (Y)");

static struct nina *all[MODULES_LIMIT];

static bool has_fault(const struct nina *nina, enum nina_fault fault)
{
	return nina->faults & BIT(fault);
}

/* ---- derived state: called with the lock held ---- */

/* The level of a line that the host may drive; an undriven line is pulled up. */
static bool driven_level(const struct nina *nina, enum nina_line line)
{
	return !(nina->outputs & BIT(line)) || nina->values & BIT(line);
}

static bool is_running(const struct nina *nina)
{
	return nina->attached && !nina->in_reset;
}

static bool wants_selection(const struct nina *nina)
{
	if (has_fault(nina, FAULT_CS_OPEN))
		return false;
	if (nina->outputs & BIT(LINE_CS))
		return !driven_level(nina, LINE_CS);
	return nina->native_select;
}

static bool open_level(const struct nina *nina, enum nina_line line)
{
	return nina->pull_ups & BIT(line);
}

static bool ready_level(const struct nina *nina)
{
	if (has_fault(nina, FAULT_READY_OPEN))
		return open_level(nina, LINE_READY);
	if (has_fault(nina, FAULT_READY_HIGH))
		return true;
	if (has_fault(nina, FAULT_READY_LOW))
		return false;
	if (has_fault(nina, FAULT_READY_NEVER_RISES) && is_running(nina) && nina->up)
		return false;
	return !nina->queued;
}

static bool gpio0_level(const struct nina *nina)
{
	if (nina->outputs & BIT(LINE_GPIO0))
		return driven_level(nina, LINE_GPIO0);
	if (has_fault(nina, FAULT_IRQ_OPEN))
		return open_level(nina, LINE_GPIO0);
	if (has_fault(nina, FAULT_IRQ_LOW))
		return false;
	if (has_fault(nina, FAULT_IRQ_HIGH))
		return true;
	return !is_running(nina) || !nina->up || nina->interrupt;
}

static bool line_level(const struct nina *nina, enum nina_line line)
{
	switch (line) {
	case LINE_READY:
		return ready_level(nina);
	case LINE_GPIO0:
		return gpio0_level(nina);
	default:
		return driven_level(nina, line);
	}
}

static bool pins_are_news(const struct nina *nina)
{
	return (nina->pins ^ nina->pins_told) & PINS_TOLD;
}

static bool has_news(const struct nina *nina)
{
	return nina->attached &&
	       (!nina->greeting_sent || nina->reset_fell || pins_are_news(nina) || nina->handed_over);
}

/* Whether the coprocessor has not yet read of a reset: its messages are from before it. */
static bool reset_is_news(const struct nina *nina)
{
	return nina->reset_fell || (nina->pins ^ nina->pins_told) & PIN_RESET;
}

static void cut_window(struct nina *nina)
{
	if (nina->window.live)
		nina->counters.windows_lost++;
	nina->window.live = false;
}

/* Discards the state that ends with the power or at a reset. */
static void forget_session(struct nina *nina)
{
	cut_window(nina);
	nina->queued = false;
	nina->handed_over = false;
	nina->interrupt = false;
	nina->up = false;
}

static void settle_pins(struct nina *nina)
{
	bool low = !driven_level(nina, LINE_RESET) && !has_fault(nina, FAULT_RESET_OPEN);
	u8 pins = nina->pins & PIN_SELECTED;

	/* While an edge of RESET is unread, its chip select level is kept. */
	if (low != nina->in_reset || !reset_is_news(nina))
		pins = nina->selected ? PIN_SELECTED : 0;
	if (low != nina->in_reset) {
		nina->in_reset = low;
		if (low) {
			forget_session(nina);
			/* A coprocessor that has not read of the last rise need not read of another fall. */
			nina->reset_fell |= !!(nina->pins_told & PIN_RESET);
			nina->boots_stale = nina->boots;
		}
	}
	if (!low)
		pins |= PIN_RESET;
	if (driven_level(nina, LINE_GPIO0))
		pins |= PIN_GPIO0;
	nina->pins = pins;
}

static void settle_window(struct nina *nina)
{
	bool selected = wants_selection(nina);

	if (selected == nina->selected)
		return;
	nina->selected = selected;
	if (selected) {
		memset(&nina->window, 0, sizeof(nina->window));
		if (nina->queued) {
			swap(nina->miso_window, nina->miso_queued);
			nina->window.miso_length = nina->queued_length;
			nina->window.live = true;
			nina->queued = false;
		} else if (nina->attached) {
			nina->counters.windows_lost++;
		}
		return;
	}
	if (!nina->window.live)
		return;
	if (nina->handed_over) {
		/* The coprocessor queued without reading the previous window. */
		cut_window(nina);
		return;
	}
	swap(nina->mosi_window, nina->mosi_handed);
	nina->handed_length = nina->window.mosi_length;
	nina->handed_over = true;
	nina->window.live = false;
	nina->counters.windows++;
}

static void settle_line(struct nina *nina, enum nina_line line)
{
	bool level = line_level(nina, line);

	if (level == !!(nina->levels & BIT(line)))
		return;
	nina->levels ^= BIT(line);
	atomic_or(EDGE(line, level), &nina->edges);
}

/* ---- edges: without the lock ---- */

static void raise_edge(struct nina *nina, enum nina_line line, bool level)
{
	unsigned int wanted = level ? IRQ_TYPE_EDGE_RISING : IRQ_TYPE_EDGE_FALLING;
	unsigned int irq;

	if (!test_bit(line, &nina->edge_enabled) || !(READ_ONCE(nina->edge_types[line]) & wanted))
		return;
	irq = irq_find_mapping(nina->gpio.irq.domain, line);
	if (irq)
		generic_handle_irq_safe(irq);
}

/*
 * Raises pending edges. An interrupt that is raised while its handler runs is lost, so only one context at a
 * time raises edges, for all, and checks for new ones when it is done. A handler may even change a line itself.
 */
static void raise_edges(struct nina *nina)
{
	static const enum nina_line inputs[] = { LINE_READY, LINE_GPIO0 };
	unsigned long flags;
	unsigned int i;

	while (atomic_read(&nina->edges)) {
		int edges;

		if (!spin_trylock_irqsave(&nina->edge_lock, flags))
			return;
		edges = atomic_xchg(&nina->edges, 0);
		for (i = 0; i < ARRAY_SIZE(inputs); i++) {
			bool level = READ_ONCE(nina->levels) & BIT(inputs[i]);

			/* Of two edges, the one to the current level is the later one. */
			if (edges & EDGE(inputs[i], !level))
				raise_edge(nina, inputs[i], !level);
			if (edges & EDGE(inputs[i], level))
				raise_edge(nina, inputs[i], level);
		}
		spin_unlock_irqrestore(&nina->edge_lock, flags);
		/* Pairs with the barrier in nina_leave(): we see the edge, or the other side gets the lock. */
		smp_mb();
	}
}

static unsigned long nina_enter(struct nina *nina)
{
	unsigned long flags;

	spin_lock_irqsave(&nina->lock, flags);
	return flags;
}

static void nina_leave(struct nina *nina, unsigned long flags)
{
	bool news;

	settle_pins(nina);
	settle_window(nina);
	settle_line(nina, LINE_READY);
	settle_line(nina, LINE_GPIO0);
	news = has_news(nina);
	spin_unlock_irqrestore(&nina->lock, flags);
	if (news)
		wake_up_interruptible_poll(&nina->wait, EPOLLIN | EPOLLRDNORM);
	smp_mb();
	raise_edges(nina);
}

/* ---- the SPI controller ---- */

static void nina_set_cs(struct spi_device *spi, bool level)
{
	struct nina *nina = spi_controller_get_devdata(spi->controller);
	unsigned long flags = nina_enter(nina);

	nina->native_select = !level && !(spi->mode & SPI_NO_CS);
	nina_leave(nina, flags);
}

/* Sampling at the wrong clock edge delays each bit by one position. */
static void delay_one_bit(u8 *bytes, size_t count, u8 before)
{
	size_t i;

	for (i = 0; i < count; i++) {
		u8 byte = bytes[i];

		bytes[i] = (before & 1) << 7 | byte >> 1;
		before = byte;
	}
}

static u8 miso_before(const struct nina *nina)
{
	u32 position = nina->window.position;

	return position && position <= nina->window.miso_length ? nina->miso_window[position - 1] : 0;
}

static void collect_mosi(struct nina *nina, const u8 *bytes, size_t count, bool shifted)
{
	struct nina_window *window = &nina->window;
	size_t kept = min_t(size_t, count, WINDOW_LIMIT - window->mosi_length);
	u8 *to = nina->mosi_window + window->mosi_length;

	if (bytes)
		memcpy(to, bytes, kept);
	else
		memset(to, 0, kept);
	if (shifted)
		delay_one_bit(to, kept, window->mosi_last);
	if (has_fault(nina, FAULT_MOSI_FF))
		memset(to, 0xFF, kept);
	window->mosi_last = bytes && count ? bytes[count - 1] : 0;
	window->mosi_length += kept;
	nina->counters.bytes_discarded += count - kept;
}

static int nina_transfer(struct spi_controller *controller, struct spi_device *spi, struct spi_transfer *transfer)
{
	struct nina *nina = spi_controller_get_devdata(controller);
	bool wrong_mode = spi->mode & (SPI_CPOL | SPI_CPHA);
	u8 *rx = transfer->rx_buf;
	size_t known = 0;
	u8 fill = 0xFF, before = 0xFF;
	unsigned long flags, faults;
	bool shifted;

	spin_lock_irqsave(&nina->lock, flags);
	faults = nina->faults;
	shifted = wrong_mode || (nina->max_hz && transfer->speed_hz > nina->max_hz);
	if (!nina->selected) {
		if (nina->attached)
			nina->counters.transfers_unselected++;
	} else if (is_running(nina)) {
		struct nina_window *window = &nina->window;

		fill = 0;
		before = 0;
		if (window->live) {
			before = miso_before(nina);
			if (window->position < window->miso_length)
				known = min_t(size_t, transfer->len, window->miso_length - window->position);
			if (rx)
				memcpy(rx, nina->miso_window + window->position, known);
			collect_mosi(nina, transfer->tx_buf, transfer->len, wrong_mode);
			window->position = min_t(u64, (u64)window->position + transfer->len, U32_MAX / 2);
		}
	}
	spin_unlock_irqrestore(&nina->lock, flags);

	if (!rx)
		return 0;
	memset(rx + known, fill, transfer->len - known);
	if (shifted)
		delay_one_bit(rx, transfer->len, before);
	if (faults & BIT(FAULT_MISO_FF))
		memset(rx, 0xFF, transfer->len);
	if (faults & BIT(FAULT_MISO_00))
		memset(rx, 0, transfer->len);
	return 0;
}

/* ---- the GPIO chip ---- */

static int nina_get_direction(struct gpio_chip *gpio, unsigned int line)
{
	struct nina *nina = gpiochip_get_data(gpio);

	return READ_ONCE(nina->outputs) & BIT(line) ? GPIO_LINE_DIRECTION_OUT : GPIO_LINE_DIRECTION_IN;
}

static int nina_direction_input(struct gpio_chip *gpio, unsigned int line)
{
	struct nina *nina = gpiochip_get_data(gpio);
	unsigned long flags = nina_enter(nina);

	nina->outputs &= ~BIT(line);
	nina_leave(nina, flags);
	return 0;
}

/* A released line is no longer driven, so a host that ends releases chip select and RESET. */
static void nina_free_line(struct gpio_chip *gpio, unsigned int line)
{
	nina_direction_input(gpio, line);
}

static void drive(struct nina *nina, unsigned int line, int value, u8 more_outputs)
{
	unsigned long flags = nina_enter(nina);

	nina->outputs |= more_outputs;
	if (value)
		nina->values |= BIT(line);
	else
		nina->values &= ~BIT(line);
	nina_leave(nina, flags);
}

static int nina_direction_output(struct gpio_chip *gpio, unsigned int line, int value)
{
	/* Only the coprocessor drives READY. */
	if (line == LINE_READY)
		return -EPERM;
	drive(gpiochip_get_data(gpio), line, value, BIT(line));
	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
static int nina_set_line(struct gpio_chip *gpio, unsigned int line, int value)
{
	drive(gpiochip_get_data(gpio), line, value, 0);
	return 0;
}
#else
static void nina_set_line(struct gpio_chip *gpio, unsigned int line, int value)
{
	drive(gpiochip_get_data(gpio), line, value, 0);
}
#endif

static int nina_get_line(struct gpio_chip *gpio, unsigned int line)
{
	struct nina *nina = gpiochip_get_data(gpio);
	unsigned long flags;
	int level;

	spin_lock_irqsave(&nina->lock, flags);
	level = line_level(nina, line);
	spin_unlock_irqrestore(&nina->lock, flags);
	return level;
}

/* Bias resistors. A connected line overrides them, so they matter only for open lines. */
static int nina_set_config(struct gpio_chip *gpio, unsigned int line, unsigned long config)
{
	struct nina *nina = gpiochip_get_data(gpio);
	unsigned long flags;
	bool up = false;

	switch (pinconf_to_config_param(config)) {
	case PIN_CONFIG_BIAS_PULL_UP:
		up = true;
		break;
	case PIN_CONFIG_BIAS_PULL_DOWN:
	case PIN_CONFIG_BIAS_DISABLE:
		break;
	default:
		return -ENOTSUPP;
	}
	flags = nina_enter(nina);
	if (up)
		nina->pull_ups |= BIT(line);
	else
		nina->pull_ups &= ~BIT(line);
	nina_leave(nina, flags);
	return 0;
}

static void nina_irq_mask(struct irq_data *data)
{
	struct gpio_chip *gpio = irq_data_get_irq_chip_data(data);
	struct nina *nina = gpiochip_get_data(gpio);

	clear_bit(irqd_to_hwirq(data), &nina->edge_enabled);
	gpiochip_disable_irq(gpio, irqd_to_hwirq(data));
}

static void nina_irq_unmask(struct irq_data *data)
{
	struct gpio_chip *gpio = irq_data_get_irq_chip_data(data);
	struct nina *nina = gpiochip_get_data(gpio);

	gpiochip_enable_irq(gpio, irqd_to_hwirq(data));
	set_bit(irqd_to_hwirq(data), &nina->edge_enabled);
}

static int nina_irq_set_type(struct irq_data *data, unsigned int type)
{
	struct nina *nina = gpiochip_get_data(irq_data_get_irq_chip_data(data));

	if (type & ~IRQ_TYPE_EDGE_BOTH)
		return -EINVAL;
	WRITE_ONCE(nina->edge_types[irqd_to_hwirq(data)], type);
	return 0;
}

static const struct irq_chip nina_irq_chip = {
	.name = "nina",
	.irq_mask = nina_irq_mask,
	.irq_unmask = nina_irq_unmask,
	.irq_set_type = nina_irq_set_type,
	.flags = IRQCHIP_IMMUTABLE,
	GPIOCHIP_IRQ_RESOURCE_HELPERS,
};

/* ---- the character device ---- */

static struct nina *nina_of(struct file *file)
{
	return container_of(file->private_data, struct nina, misc);
}

/* Power on. */
static int nina_open(struct inode *inode, struct file *file)
{
	struct nina *nina = nina_of(file);
	unsigned long flags = nina_enter(nina);

	if (nina->attached) {
		spin_unlock_irqrestore(&nina->lock, flags);
		return -EBUSY;
	}
	nina->attached = true;
	nina->greeting_sent = false;
	nina->greeting_taken = false;
	nina->boots = -1;
	nina->boots_stale = -1;
	nina->pins_told = PIN_RESET | PIN_GPIO0;
	/* The coprocessor starts at once; a PINS reports that RESET was low, even if it is high by then. */
	nina->reset_fell = nina->in_reset;
	nina_leave(nina, flags);
	return stream_open(inode, file);
}

/* Power off. */
static int nina_release(struct inode *inode, struct file *file)
{
	struct nina *nina = nina_of(file);
	unsigned long flags = nina_enter(nina);

	nina->attached = false;
	forget_session(nina);
	nina_leave(nina, flags);
	return 0;
}

static size_t put_message(u8 *to, u8 type, const u8 *payload, u8 length)
{
	to[0] = type;
	to[1] = 0;
	to[2] = 0;
	to[3] = length;
	memcpy(to + HEADER_SIZE, payload, length);
	return HEADER_SIZE + length;
}

static size_t put_pins(struct nina *nina, u8 *to, u8 pins)
{
	nina->pins_told = pins;
	return put_message(to, FROM_HOST_PINS, &pins, sizeof(pins));
}

/* HELLO and PINS, which precede a window. */
static size_t take_preface(struct nina *nina, u8 *to)
{
	size_t count = 0;

	if (!nina->greeting_sent) {
		nina->greeting_sent = true;
		count += put_message(to, FROM_HOST_HELLO, hello, HELLO_SIZE);
	}
	/* However often RESET fell, one fall is reported, even if RESET is high again. */
	if (nina->reset_fell && nina->pins & PIN_RESET)
		count += put_pins(nina, to + count, nina->pins & ~PIN_RESET);
	nina->reset_fell = false;
	if (pins_are_news(nina))
		count += put_pins(nina, to + count, nina->pins);
	return count;
}

static ssize_t nina_read(struct file *file, char __user *to, size_t room, loff_t *offset)
{
	struct nina *nina = nina_of(file);
	u8 preface[PREFACE_LIMIT], header[HEADER_SIZE] = { FROM_HOST_WINDOW };
	size_t count, length = 0;
	bool has_window = false;
	unsigned long flags;
	ssize_t result;

	if (room < MESSAGE_LIMIT)
		return -EINVAL;
	result = mutex_lock_interruptible(&nina->reading);
	if (result)
		return result;
	for (;;) {
		spin_lock_irqsave(&nina->lock, flags);
		if (has_news(nina))
			break;
		spin_unlock_irqrestore(&nina->lock, flags);
		mutex_unlock(&nina->reading);
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		result = wait_event_interruptible(nina->wait, has_news(nina));
		if (!result)
			result = mutex_lock_interruptible(&nina->reading);
		if (result)
			return result;
	}
	count = take_preface(nina, preface);
	if (nina->handed_over && count + HEADER_SIZE + nina->handed_length <= room) {
		swap(nina->mosi_handed, nina->mosi_read);
		length = nina->handed_length;
		nina->handed_over = false;
		has_window = true;
	}
	spin_unlock_irqrestore(&nina->lock, flags);

	result = -EFAULT;
	if (copy_to_user(to, preface, count))
		goto out;
	if (has_window) {
		header[2] = length >> 8;
		header[3] = length;
		if (copy_to_user(to + count, header, HEADER_SIZE) ||
		    copy_to_user(to + count + HEADER_SIZE, nina->mosi_read, length))
			goto out;
		count += HEADER_SIZE + length;
	}
	result = count;
out:
	mutex_unlock(&nina->reading);
	return result;
}

/* READY falls; a message from before a reset is dropped. */
static void take_queued(struct nina *nina, u8 message_flags, u16 length)
{
	unsigned long flags = nina_enter(nina);
	s16 boots = message_flags >> 2;

	if (!is_running(nina) || reset_is_news(nina) || boots == nina->boots_stale) {
		nina->counters.queued_stale++;
	} else {
		/* QUEUED during a window: the coprocessor has restarted by itself. */
		cut_window(nina);
		swap(nina->miso_queued, nina->miso_written);
		nina->queued_length = length;
		nina->queued = true;
		nina->up = true;
		nina->interrupt = message_flags & 1;
		nina->boots = boots;
		nina->boots_stale = -1;
	}
	nina_leave(nina, flags);
}

static void take_interrupt(struct nina *nina, bool level)
{
	unsigned long flags = nina_enter(nina);

	if (is_running(nina) && !reset_is_news(nina))
		nina->interrupt = level;
	nina_leave(nina, flags);
}

static int take_message(struct nina *nina, const u8 *header, u16 length)
{
	u8 *payload = nina->miso_written;

	if (!nina->greeting_taken) {
		if (header[0] != FROM_DEVICE_HELLO || length != HELLO_SIZE || memcmp(payload, hello, HELLO_SIZE))
			return -EPROTO;
		nina->greeting_taken = true;
		return 0;
	}
	switch (header[0]) {
	case FROM_DEVICE_QUEUED:
		take_queued(nina, header[1], length);
		return 0;
	case FROM_DEVICE_IRQ:
		if (length)
			return -EPROTO;
		take_interrupt(nina, header[1] & 1);
		return 0;
	default:
		return -EPROTO;
	}
}

/* Accepts complete messages; returns their total length. A write never blocks on the host. */
static ssize_t nina_write(struct file *file, const char __user *from, size_t count, loff_t *offset)
{
	struct nina *nina = nina_of(file);
	ssize_t result = mutex_lock_interruptible(&nina->writing);
	size_t taken = 0;

	if (result)
		return result;
	while (taken < count) {
		u8 header[HEADER_SIZE];
		u16 length;

		result = -EINVAL;
		if (count - taken < HEADER_SIZE)
			break;
		if (copy_from_user(header, from + taken, HEADER_SIZE)) {
			result = -EFAULT;
			break;
		}
		length = header[2] << 8 | header[3];
		if (length > WINDOW_LIMIT) {
			result = -EMSGSIZE;
			break;
		}
		if (count - taken - HEADER_SIZE < length)
			break;
		if (copy_from_user(nina->miso_written, from + taken + HEADER_SIZE, length)) {
			result = -EFAULT;
			break;
		}
		result = take_message(nina, header, length);
		if (result)
			break;
		taken += HEADER_SIZE + length;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	mutex_unlock(&nina->writing);
	return taken ? taken : result;
}

static __poll_t nina_poll(struct file *file, poll_table *table)
{
	struct nina *nina = nina_of(file);
	__poll_t events = EPOLLOUT | EPOLLWRNORM;
	unsigned long flags;

	poll_wait(file, &nina->wait, table);
	spin_lock_irqsave(&nina->lock, flags);
	if (has_news(nina))
		events |= EPOLLIN | EPOLLRDNORM;
	spin_unlock_irqrestore(&nina->lock, flags);
	return events;
}

static const struct file_operations nina_file_operations = {
	.owner = THIS_MODULE,
	.open = nina_open,
	.release = nina_release,
	.read = nina_read,
	.write = nina_write,
	.poll = nina_poll,
};

/* ---- sysfs ---- */

static ssize_t faults_show(struct device *device, struct device_attribute *attribute, char *text)
{
	struct nina *nina = dev_get_drvdata(device);
	unsigned long faults = READ_ONCE(nina->faults);
	unsigned int i;
	int length = 0;

	if (!faults)
		return sysfs_emit(text, "none\n");
	for_each_set_bit(i, &faults, FAULTS)
		length += sysfs_emit_at(text, length, length ? " %s" : "%s", fault_names[i]);
	return length + sysfs_emit_at(text, length, "\n");
}

/* Parses the names of all faults to be in force, separated by blanks; "none" or nothing clears them. */
static ssize_t faults_store(struct device *device, struct device_attribute *attribute, const char *text, size_t count)
{
	struct nina *nina = dev_get_drvdata(device);
	char *copy = kstrndup(text, count, GFP_KERNEL), *rest = copy, *word;
	unsigned long flags, faults = 0;

	if (!copy)
		return -ENOMEM;
	while ((word = strsep(&rest, " \t\n"))) {
		int fault;

		if (!*word || !strcmp(word, "none"))
			continue;
		fault = match_string(fault_names, FAULTS, word);
		if (fault < 0) {
			kfree(copy);
			return -EINVAL;
		}
		faults |= BIT(fault);
	}
	kfree(copy);
	flags = nina_enter(nina);
	nina->faults = faults;
	nina_leave(nina, flags);
	return count;
}
static DEVICE_ATTR_RW(faults);

static ssize_t max_hz_show(struct device *device, struct device_attribute *attribute, char *text)
{
	struct nina *nina = dev_get_drvdata(device);

	return sysfs_emit(text, "%u\n", READ_ONCE(nina->max_hz));
}

static ssize_t max_hz_store(struct device *device, struct device_attribute *attribute, const char *text, size_t count)
{
	struct nina *nina = dev_get_drvdata(device);
	u32 value;
	int error = kstrtou32(text, 10, &value);

	if (error)
		return error;
	WRITE_ONCE(nina->max_hz, value);
	return count;
}
static DEVICE_ATTR_RW(max_hz);

static ssize_t attached_show(struct device *device, struct device_attribute *attribute, char *text)
{
	struct nina *nina = dev_get_drvdata(device);

	return sysfs_emit(text, "%d\n", READ_ONCE(nina->attached));
}
static DEVICE_ATTR_RO(attached);

#define COUNTER_ATTRIBUTE(name)                                                                                   \
	static ssize_t name##_show(struct device *device, struct device_attribute *attribute, char *text)         \
	{                                                                                                         \
		struct nina *nina = dev_get_drvdata(device);                                                      \
		unsigned long flags;                                                                              \
		u64 count;                                                                                        \
                                                                                                                  \
		spin_lock_irqsave(&nina->lock, flags);                                                            \
		count = nina->counters.name;                                                                      \
		spin_unlock_irqrestore(&nina->lock, flags);                                                       \
		return sysfs_emit(text, "%llu\n", count);                                                         \
	}                                                                                                         \
	static DEVICE_ATTR_RO(name)

COUNTER_ATTRIBUTE(windows);
COUNTER_ATTRIBUTE(windows_lost);
COUNTER_ATTRIBUTE(bytes_discarded);
COUNTER_ATTRIBUTE(transfers_unselected);
COUNTER_ATTRIBUTE(queued_stale);

static struct attribute *nina_attrs[] = {
	&dev_attr_faults.attr,
	&dev_attr_max_hz.attr,
	&dev_attr_attached.attr,
	&dev_attr_windows.attr,
	&dev_attr_windows_lost.attr,
	&dev_attr_bytes_discarded.attr,
	&dev_attr_transfers_unselected.attr,
	&dev_attr_queued_stale.attr,
	NULL,
};
ATTRIBUTE_GROUPS(nina);

/* ---- loading and unloading ---- */

static int add_gpio(struct nina *nina)
{
	struct gpio_chip *gpio = &nina->gpio;
	unsigned int i;

	for (i = 0; i < LINES; i++) {
		snprintf(nina->names[i], sizeof(nina->names[i]), "nina%d-%s", nina->pdev->id, line_names[i]);
		nina->name_list[i] = nina->names[i];
	}
	snprintf(nina->label, sizeof(nina->label), "nina-gpio.%d", nina->pdev->id);
	gpio->label = nina->label;
	gpio->parent = &nina->pdev->dev;
	gpio->owner = THIS_MODULE;
	gpio->base = -1;
	gpio->ngpio = LINES;
	gpio->names = nina->name_list;
	gpio->free = nina_free_line;
	gpio->get_direction = nina_get_direction;
	gpio->direction_input = nina_direction_input;
	gpio->direction_output = nina_direction_output;
	gpio->get = nina_get_line;
	gpio->set = nina_set_line;
	gpio->set_config = nina_set_config;
	gpio_irq_chip_set_chip(&gpio->irq, &nina_irq_chip);
	gpio->irq.handler = handle_simple_irq;
	gpio->irq.default_type = IRQ_TYPE_NONE;
	return gpiochip_add_data(gpio, nina);
}

static int add_spi(struct nina *nina)
{
	/* A name in spidev's own ID table, so that spidev binds without further configuration. */
	struct spi_board_info board = {
		.modalias = "dh2228fv",
		.max_speed_hz = 8000000,
		.mode = SPI_MODE_0,
	};
	struct spi_controller *controller;
	int error;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	controller = spi_alloc_host(&nina->pdev->dev, 0);
#else
	controller = spi_alloc_master(&nina->pdev->dev, 0);
#endif
	if (!controller)
		return -ENOMEM;
	spi_controller_set_devdata(controller, nina);
	controller->bus_num = -1;
	controller->num_chipselect = 1;
	controller->mode_bits = SPI_CPOL | SPI_CPHA | (no_cs ? SPI_NO_CS : 0);
	controller->bits_per_word_mask = SPI_BPW_MASK(8);
	controller->set_cs = nina_set_cs;
	controller->transfer_one = nina_transfer;
	error = spi_register_controller(controller);
	if (error) {
		spi_controller_put(controller);
		return error;
	}
	if (!spi_new_device(controller, &board)) {
		spi_unregister_controller(controller);
		return -ENODEV;
	}
	nina->controller = controller;
	return 0;
}

static int add_device(struct nina *nina)
{
	snprintf(nina->device_name, sizeof(nina->device_name), "nina%d", nina->pdev->id);
	nina->misc.minor = MISC_DYNAMIC_MINOR;
	nina->misc.name = nina->device_name;
	nina->misc.fops = &nina_file_operations;
	nina->misc.parent = &nina->pdev->dev;
	return misc_register(&nina->misc);
}

static void set_up_state(struct nina *nina)
{
	spin_lock_init(&nina->lock);
	spin_lock_init(&nina->edge_lock);
	mutex_init(&nina->reading);
	mutex_init(&nina->writing);
	init_waitqueue_head(&nina->wait);
	atomic_set(&nina->edges, 0);
	nina->levels = BIT(LINE_READY) | BIT(LINE_GPIO0);
	nina->pins = nina->pins_told = PIN_RESET | PIN_GPIO0;
	nina->boots = nina->boots_stale = -1;
	nina->max_hz = max_hz;
	nina->miso_window = nina->buffers[0];
	nina->miso_queued = nina->buffers[1];
	nina->miso_written = nina->buffers[2];
	nina->mosi_window = nina->buffers[3];
	nina->mosi_handed = nina->buffers[4];
	nina->mosi_read = nina->buffers[5];
}

static int add_nina(unsigned int id)
{
	struct nina *nina = kzalloc(sizeof(*nina), GFP_KERNEL);
	int error = -ENOMEM;

	if (!nina)
		return error;
	set_up_state(nina);
	nina->pdev = platform_device_alloc("nina", id);
	if (!nina->pdev)
		goto free;
	nina->pdev->dev.groups = nina_groups;
	platform_set_drvdata(nina->pdev, nina);
	error = platform_device_add(nina->pdev);
	if (error) {
		platform_device_put(nina->pdev);
		goto free;
	}
	error = add_gpio(nina);
	if (error)
		goto remove_platform;
	error = add_spi(nina);
	if (error)
		goto remove_gpio;
	error = add_device(nina);
	if (error)
		goto remove_spi;
	all[id] = nina;
	return 0;

remove_spi:
	spi_unregister_controller(nina->controller);
remove_gpio:
	gpiochip_remove(&nina->gpio);
remove_platform:
	platform_device_unregister(nina->pdev);
free:
	kfree(nina);
	return error;
}

/* Runs only when no device or line is open, because those hold the kernel module. */
static void remove_nina(unsigned int id)
{
	struct nina *nina = all[id];

	if (!nina)
		return;
	misc_deregister(&nina->misc);
	spi_unregister_controller(nina->controller);
	gpiochip_remove(&nina->gpio);
	platform_device_unregister(nina->pdev);
	kfree(nina);
	all[id] = NULL;
}

static void remove_all(void)
{
	unsigned int id;

	for (id = 0; id < MODULES_LIMIT; id++)
		remove_nina(id);
}

static int __init nina_init(void)
{
	unsigned int id;

	if (modules < 1 || modules > MODULES_LIMIT)
		return -EINVAL;
	for (id = 0; id < modules; id++) {
		int error = add_nina(id);

		if (error) {
			remove_all();
			return error;
		}
	}
	return 0;
}

static void __exit nina_exit(void)
{
	remove_all();
}

module_init(nina_init);
module_exit(nina_exit);
MODULE_DESCRIPTION("Virtual NINA coprocessor behind a real SPI controller and GPIO chip");
MODULE_LICENSE("GPL");
