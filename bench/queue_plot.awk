# Draws what queue_times prints as an SVG: above, what an event costs depending on how many idle
# sockets are watched, both logarithmic; below, the same as a ratio to epoll, of those libraries
# that stay near it. Colours and greys are readable on light and on dark paper.
#
#   awk -f bench/queue_plot.awk build/bench/out/queue_times >docs/queue.svg

function log10(number) { return log(number) / log(10) }
function x_of(n) { return left + (log10(n) - 1) / (log10(most) - 1) * width }
function y_log(ns) { return top + height - (log10(ns) - low) / (high - low) * height }
function y_ratio(ratio) { return top + height - (ratio - 1) / (widest - 1) * height }

function text(x, y, anchor, words) {
    printf "<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>\n", x, y, anchor, words
}

function line(x1, y1, x2, y2) {
    printf "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>\n", x1, y1, x2, y2
}

# A time, as people say it.
function spoken(ns) {
    if (ns >= 1000000)
        return ns / 1000000 " ms"
    return ns >= 1000 ? ns / 1000 " µs" : ns " ns"
}

function style_of(name) {
    return sprintf("stroke='%s' stroke-width='%s'%s", colour[name], name == "anysock" ? 3.5 : 1.8,
        name in dash ? " stroke-dasharray='" dash[name] "'" : "")
}

function curve(name, active, ratio, i, points, n, x, y, marks) {
    for (i = 1; i <= sizes; i++) {
        n = size[i]
        x = x_of(n)
        y = ratio ? y_ratio(ns[active, n, name] / ns[active, n, "raw"]) : y_log(ns[active, n, name])
        points = points sprintf("%.1f,%.1f ", x, y)
        marks = marks sprintf("<circle cx='%.1f' cy='%.1f' r='2.5' fill='%s'/>", x, y, colour[name])
    }
    printf "<polyline fill='none' %s points='%s'/>%s\n", style_of(name), points, marks
}

function axes(title, i) {
    print "<g stroke='#808080' stroke-opacity='0.6'>"
    line(left, top + height, left + width, top + height)
    line(left, top, left, top + height)
    print "</g>"
    text(left, top - 10, "start", title)
    for (i = 1; i <= sizes; i++)
        if (i == 1 || x_of(size[i]) - x_of(size[i - 1]) > 40)
            text(x_of(size[i]), top + height + 17, "middle", size[i])
    if (sizes > 1 && x_of(most) - x_of(size[sizes - 1]) <= 40)
        text(x_of(most), top + height + 32, "middle", most)
}

function grid(y, words) {
    print "<g stroke='#808080' stroke-opacity='0.25'>"
    line(left, y, left + width, y)
    print "</g>"
    text(left - 6, y + 4, "end", words)
}

function panel_log(active, i, power) {
    axes("time per event, " active " active")
    for (power = low; power <= high; power++)
        grid(y_log(10 ^ power), spoken(10 ^ power))
    for (i = names; i >= 1; i--)
        curve(name_of[i], active, 0)
}

function panel_ratio(active, i, step) {
    axes("ratio to epoll, " active " active")
    for (step = 0; 1 + step / 20 <= widest + 0.001; step++)
        grid(y_ratio(1 + step / 20), sprintf("%.2f", 1 + step / 20))
    for (i = names; i >= 1; i--)
        if (name_of[i] in near)
            curve(name_of[i], active, 1)
}

BEGIN {
    split("anysock #e8502a raw #808080 recv #808080 portable #e8502a poll #b08a10 apr #159a8c " \
        "ev #4a8fe0 event #a06cd5 glib #4f9e2f uv #d6499b", pairs, " ")
    for (i = 1; i in pairs; i += 2)
        colour[pairs[i]] = pairs[i + 1]
    dash["recv"] = "2 4"
    dash["portable"] = "7 4"
    dash["poll"] = "7 4"
    label["anysock"] = "anysock"
    label["raw"] = "epoll itself"
    label["recv"] = "recv alone"
    label["portable"] = "anysock, portable"
    label["poll"] = "poll itself"
    label["apr"] = "APR"
    label["ev"] = "libev"
    label["event"] = "libevent"
    label["glib"] = "GLib"
    label["uv"] = "libuv"
}

/^event_[0-9]+ ns idle / {
    active = substr($1, 7)
    if (!($4 in seen_size)) {
        seen_size[$4] = 1
        size[++sizes] = most = $4
    }
    for (i = 5; i < NF; i += 2) {
        if ((active, $4, $i) in ns)
            continue # the second one of the same
        ns[active, $4, $i] = $(i + 1)
        if (!($i in seen)) {
            seen[$i] = 1
            name_of[++names] = $i
        }
        if ($(i + 1) > slowest)
            slowest = $(i + 1)
    }
}

END {
    widest = 1.1
    for (i = 1; i <= names; i++) {
        largest = 0
        for (key in ns) {
            split(key, part, SUBSEP)
            if (part[3] == name_of[i] && ns[key] / ns[part[1], part[2], "raw"] > largest)
                largest = ns[key] / ns[part[1], part[2], "raw"]
        }
        if (largest >= 0.9 && largest < 2 && name_of[i] != "recv")
            near[name_of[i]] = 1
        if (name_of[i] in near && largest > widest)
            widest = largest
    }
    widest = 1 + int((widest - 1) * 20 + 0.999) / 20
    low = 2
    high = int(log10(slowest) + 0.999)
    width = 310
    height = 240
    print "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 960 660'" \
        " font-family='sans-serif' font-size='13'>"
    print "<title>Queues: the cost of an event against the number of idle sockets</title>"
    print "<g fill='#808080'>"
    for (column = 0; column < 2; column++) {
        left = 70 + column * (width + 75)
        top = 40
        panel_log(column == 0 ? 1 : 10)
        top = 360
        panel_ratio(column == 0 ? 1 : 10)
        text(left + width / 2, 645, "middle", "idle sockets in the queue")
    }
    for (i = 1; i <= names; i++) {
        print "<g " style_of(name_of[i]) ">"
        line(790, 40 + i * 22, 825, 40 + i * 22)
        print "</g>"
        text(833, 44 + i * 22, "start", label[name_of[i]])
    }
    print "</g>\n</svg>"
}
