"""What a person does on the pages, with the real pointer and keyboard."""

import uuid

from playwright.sync_api import expect


def fresh():
    return uuid.uuid4().hex[:6]


def drag(page, source, target):
    """With the real pointer: from the middle of a thing to the middle of another, or to a point of the page."""

    def middle(thing):
        box = thing.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    x, y = middle(source)
    to_x, to_y = target if isinstance(target, tuple) else middle(target)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y + 8, steps=2)
    page.mouse.move(to_x, to_y, steps=12)
    return page.mouse


class Creator:
    """The canvas as a person sees it."""

    def __init__(self, page):
        self.page = page
        self.canvas = page.locator("section.canvas")

    def at(self, x, y):
        box = self.canvas.bounding_box()
        return box["x"] + x, box["y"] + y

    def place(self, component, x, y):
        """Drags a component from the palette onto the canvas."""
        search = self.page.get_by_label("Search components and pipelines")
        search.fill("")
        search.press_sequentially(component)
        row = self.page.locator(".pal-row", has_text=component).first
        # the hub's answer may still move the row: one drags what has come to rest
        place = None
        while place != row.bounding_box():
            place = row.bounding_box()
            self.page.wait_for_timeout(300)
        drag(self.page, row, self.at(x, y)).up()
        search.fill("")

    def task(self, name):
        return self.page.locator(f"article[data-task='{name}']")

    def port(self, task, name, side):
        return self.task(task).locator(f".react-flow__handle[data-handleid='{side}/{name}']")

    def connect(self, task, output, other, input):
        drag(self.page, self.port(task, output, "out"), self.port(other, input, "in")).up()

    def rename(self, task, name):
        self.task(task).locator("header").click()
        field = self.page.get_by_label("Name of the task")
        field.fill(name)
        field.press("Enter")
        expect(self.task(name)).to_be_visible()
