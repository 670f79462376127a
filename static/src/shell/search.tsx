/** Ctrl K: one field over everything. */
import { Dialog } from "../ui/dialog.tsx";

export const SearchDialog = ({ onClose }: { onClose(): void }) => (
  <Dialog title="Search" onClose={onClose}>
    <p>…</p>
  </Dialog>
);
