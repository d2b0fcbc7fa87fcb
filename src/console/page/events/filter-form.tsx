import { go, pathTo } from "../route.ts";
import { type EventFilter, readForm, sources, statuses, toLocal } from "./filter.ts";

/** Which events: what the API can tell apart. The address has it, so that it can be sent to somebody. */
export function FilterForm({ filter }: { filter: EventFilter }) {
  return (
    <form
      class="filter"
      role="search"
      aria-label="Events"
      onSubmit={(event) => {
        event.preventDefault();
        go(pathTo.events(readForm(event.currentTarget)));
      }}
    >
      <label>
        Channel
        <input name="channel" data-filter defaultValue={filter.channel ?? ""} />
      </label>
      <label>
        Type
        <input name="type" placeholder="rtc.103" defaultValue={filter.type ?? ""} />
      </label>
      <Choice name="source" label="Source" of={sources} value={filter.source ?? ""} />
      <Choice name="status" label="Status" of={statuses} value={filter.status ?? ""} />
      <label>
        Since
        <input name="since" type="datetime-local" step="1" defaultValue={toLocal(filter.since)} />
      </label>
      <label>
        Until
        <input name="until" type="datetime-local" step="1" defaultValue={toLocal(filter.until)} />
      </label>
      <div class="buttons">
        <button type="submit" class="main">
          Filter
        </button>
        <a href={pathTo.events()}>All</a>
      </div>
    </form>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  of: readonly string[];
  value: string;
}

function Choice({ name, label, of, value }: ChoiceProps) {
  return (
    <label>
      {label}
      <select name={name} defaultValue={value} aria-label={`Show events of ${name}`}>
        <option value="">any</option>
        {of.map((option) => (
          <option key={option} value={option} selected={option === value}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}
