"use strict";
// The part of the time that is seen.

class View {
    constructor(items, canvas) {
        this.items = items;
        this.canvas = canvas;
        this.selected = null;
        this.from = 0;
        this.to = 1;
        /** The length of a view that ends with the newest event, in nanoseconds; null for one that stands still. */
        this.follows = null;
    }

    get left() { return 64; }
    get width() { return Math.max(1, this.canvas.clientWidth - this.left - 8); }
    x(t) { return this.left + (t - this.from) / (this.to - this.from) * this.width; }
    time(x) { return this.from + (x - this.left) / this.width * (this.to - this.from); }

    /** All of the time, or, while it goes on, the last ten seconds. */
    all() {
        if (this.follows !== null || this.isLive) {
            this.follows = 10e9;
        } else {
            const margin = (this.items.end - this.items.start) * 0.01 || 1000;
            this.from = this.items.start - margin;
            this.to = this.items.end + margin;
        }
        this.draw();
    }

    zoom(factor, around) {
        const chosen = this.selected && this.selected.t >= this.from && this.selected.t <= this.to ? this.selected.t : (this.from + this.to) / 2;
        const at = this.follows !== null ? this.to : around === undefined ? chosen : around;
        const length = Math.min(Math.max((this.to - this.from) * factor, 200), Math.max(4 * (this.items.end - this.items.start), 1e10));
        const share = (at - this.from) / (this.to - this.from);
        this.from = at - share * length;
        this.to = this.from + length;
        if (this.follows !== null) { this.follows = length; }
        this.draw();
    }

    /** Moves the view by a part of its length. */
    pan(share) {
        const length = this.to - this.from;
        this.follows = null;
        this.from = Math.min(Math.max(this.from + share * length, this.items.start - length / 2), this.items.end - length / 2);
        this.to = this.from + length;
        this.draw();
    }

    /** Moves the view so that an item is seen. */
    show(item) {
        this.selected = item;
        const length = this.to - this.from;
        if (item.t < this.from || item.t + (item.d || 0) > this.to) {
            this.follows = null;
            this.from = item.t - length / 2;
            this.to = this.from + length;
        }
        this.draw();
    }
}
