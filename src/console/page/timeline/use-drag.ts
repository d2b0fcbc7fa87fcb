import { useRef } from "preact/hooks";

/** How far a pointer moves before it drags and no longer clicks, in pixels. */
const slack = 4;

interface DragHandlers {
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: () => void;
  onPointerCancel: () => void;
  onClickCapture: (event: MouseEvent) => void;
}

/** Calls with each part of the way that a pressed pointer goes sideways; a drag doesn't end in a click. */
export function useDrag(onDrag: (byX: number) => void): DragHandlers {
  const drag = useRef({ x: 0, isDown: false, isDragging: false });
  const end = () => (drag.current.isDown = false);
  return {
    onPointerDown: ({ clientX, button }) => {
      if (button === 0) drag.current = { x: clientX, isDown: true, isDragging: false };
    },
    onPointerMove: ({ clientX, currentTarget, pointerId }) => {
      const { current } = drag;
      if (!current.isDown || (!current.isDragging && Math.abs(clientX - current.x) < slack)) return;
      if (!current.isDragging && currentTarget instanceof Element) currentTarget.setPointerCapture(pointerId);
      onDrag(clientX - current.x);
      drag.current = { x: clientX, isDown: true, isDragging: true };
    },
    onPointerUp: end,
    onPointerCancel: end,
    onClickCapture: (event) => {
      if (drag.current.isDragging) event.stopPropagation();
      drag.current.isDragging = false;
    },
  };
}
